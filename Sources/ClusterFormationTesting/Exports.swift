// The fake notifier is made of this module's types: who tests with it names them, and should not need another import.
@_exported public import ClusterAnnouncements
