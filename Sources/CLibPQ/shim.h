#ifndef CLUSTER_FORMATION_CLIBPQ_SHIM_H
#define CLUSTER_FORMATION_CLIBPQ_SHIM_H

#include <libpq-fe.h>

// These are character macros, which Swift does not import.
enum {
    clibpq_diag_severity = PG_DIAG_SEVERITY_NONLOCALIZED,
    clibpq_diag_sqlstate = PG_DIAG_SQLSTATE,
    clibpq_diag_message_primary = PG_DIAG_MESSAGE_PRIMARY
};

#endif
