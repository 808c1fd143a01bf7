#include "run/privileges.hpp"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace lacuna::app {

namespace {

bool number(const std::string& text, unsigned& out) {
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), out);
    return code == std::errc() && end == text.data() + text.size();
}

} // namespace

Result<UserId> find_user(const std::string& text) {
    const auto colon = text.find(':');
    UserId p;
    p.name = text.substr(0, colon);
    unsigned id = 0;
    const passwd* user =
        number(p.name, id) ? getpwuid(static_cast<uid_t>(id)) : getpwnam(p.name.c_str());
    if (user != nullptr) {
        p.uid = user->pw_uid;
        p.gid = user->pw_gid;
    } else if (number(p.name, id)) {
        p.uid = static_cast<uid_t>(id);
        p.gid = static_cast<gid_t>(id);
    } else {
        return Error{"no such user", "user " + p.name, "see: getent passwd", 2};
    }
    if (colon == text.npos) return p;
    const std::string group = text.substr(colon + 1);
    p.group_named = true;
    if (number(group, id)) {
        p.gid = static_cast<gid_t>(id);
    } else if (const struct group* g = getgrnam(group.c_str()); g != nullptr) {
        p.gid = g->gr_gid;
    } else {
        return Error{"no such group", "user " + text, "see: getent group", 2};
    }
    return p;
}

Status become(const UserId& user) {
    // The C library does this in all threads, those of EAL included.
    const bool same = getuid() == user.uid && geteuid() == user.uid
                      && (!user.group_named || (getgid() == user.gid && getegid() == user.gid));
    if (!same && (setgroups(0, nullptr) != 0 || setgid(user.gid) != 0 || setuid(user.uid) != 0))
        return Error{std::string("cannot be become: ") + std::strerror(errno), "user " + user.name,
                     "start as root, or as that user", 1};
    prctl(PR_SET_NO_NEW_PRIVS, 1ul, 0ul, 0ul, 0ul);
    return {};
}

} // namespace lacuna::app
