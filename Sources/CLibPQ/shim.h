#ifndef CLUSTER_FORMATION_CLIBPQ_SHIM_H
#define CLUSTER_FORMATION_CLIBPQ_SHIM_H

#include <libpq-fe.h>
#include <locale.h>
#if defined(__APPLE__)
#include <xlocale.h>
#endif

// These are character macros, which Swift does not import.
enum {
    clibpq_diag_severity = PG_DIAG_SEVERITY_NONLOCALIZED,
    clibpq_diag_severity_localized = PG_DIAG_SEVERITY,
    clibpq_diag_sqlstate = PG_DIAG_SQLSTATE,
    clibpq_diag_message_primary = PG_DIAG_MESSAGE_PRIMARY,
    clibpq_diag_message_detail = PG_DIAG_MESSAGE_DETAIL
};

// Puts the calling thread into the C locale, and says which one it was in. The C locale is made once and kept; that it
// may be made twice when two threads come at the same time is harmless.
static inline locale_t clibpq_use_plain_words(void) {
    static locale_t plain = (locale_t)0;
    locale_t locale = __atomic_load_n(&plain, __ATOMIC_ACQUIRE);
    if (locale == (locale_t)0) {
        locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
        if (locale == (locale_t)0) return uselocale((locale_t)0);
        __atomic_store_n(&plain, locale, __ATOMIC_RELEASE);
    }
    return uselocale(locale);
}

static inline void clibpq_use_words(locale_t locale) { uselocale(locale); }

#endif
