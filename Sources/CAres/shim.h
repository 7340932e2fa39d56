#ifndef CLUSTER_FORMATION_CARES_SHIM_H
#define CLUSTER_FORMATION_CARES_SHIM_H

// Newer versions mark as deprecated what the oldest one that is supported, 1.18, has nothing better for.
#define CARES_NO_DEPRECATED
#include <ares.h>
#include <sys/time.h>

// Macros in older versions, values of an enumeration in newer ones: here they have one type.
enum {
    cares_success = ARES_SUCCESS,
    cares_no_data = ARES_ENODATA,
    cares_format_error = ARES_EFORMERR,
    cares_server_failure = ARES_ESERVFAIL,
    cares_no_name = ARES_ENOTFOUND,
    cares_not_implemented = ARES_ENOTIMP,
    cares_refused = ARES_EREFUSED,
    cares_bad_query = ARES_EBADQUERY,
    cares_bad_name = ARES_EBADNAME,
    cares_connection_refused = ARES_ECONNREFUSED,
    cares_timeout = ARES_ETIMEOUT,
    cares_end_of_file = ARES_EOF,
    cares_file_error = ARES_EFILE,
    cares_no_memory = ARES_ENOMEM
};

#endif
