#include "fleet/ship/place.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lacuna::fleet {

Result<Place> Place::take(const std::string& store) {
    const std::string folder = store + "/ship";
    const auto failed = [&folder] {
        return Error{std::strerror(errno), folder, "a shipper keeps its place in the store", 2};
    };
    if (mkdir(folder.c_str(), 0777) != 0 && errno != EEXIST) return failed();
    const int lock =
        open((folder + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (lock < 0) return failed();
    Place place(folder, lock);
    if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) return failed();
        return Error{"another process ships this store", store, "one is enough", 2};
    }
    return place;
}

Status Place::keep_log(std::uint64_t octets) const {
    const std::string name = folder_ + "/spool"; // lib/store/rocks/rocks.cpp reads it
    std::ofstream file(name);
    file << octets << std::endl;
    return file ? Status() : Status(Error{std::strerror(errno), name, "", 1});
}

Place::~Place() {
    if (lock_ >= 0) close(lock_);
}

} // namespace lacuna::fleet
