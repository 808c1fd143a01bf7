// Becoming somebody less powerful once everything is set up.
#pragma once

#include "base/result.hpp"

#include <string>
#include <sys/types.h>

namespace lacuna::app {

/// Whom a run becomes.
struct UserId {
    std::string name;
    uid_t uid = 0;
    gid_t gid = 0;
    bool group_named = false; ///< else a process of the user keeps the group it has
};

/// Reads "user" or "user:group", names or numbers. Errors (exit 2): unknown.
Result<UserId> find_user(const std::string& text);

/// Becomes `user` in every thread, for good; capabilities go with it. Errors (exit 1): refused.
Status become(const UserId& user);

} // namespace lacuna::app
