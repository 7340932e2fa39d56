#if Multicast
    // What a user of this module names besides its own types: ClusterKey, AnnouncementConfiguration. One import beside
    // ClusterFormation is to be enough.
    @_exported public import ClusterAnnouncements
#endif
