#ifndef CLUSTER_FORMATION_CLIBPQ_SHIM_H
#define CLUSTER_FORMATION_CLIBPQ_SHIM_H

#include <libpq-fe.h>

#endif
