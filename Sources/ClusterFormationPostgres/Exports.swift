// What a user of this module names besides its own types: ClusterKey, AnnouncementConfiguration, NotifierError. One import
// beside ClusterFormation is to be enough. The attribute is the only way there is to say so, and it is what the standard
// library's own overlays use.
@_exported public import ClusterAnnouncements
