#include "fleet/ship/cursor.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <functional>
#include <unistd.h>

namespace lacuna::fleet {
namespace {

constexpr const char* kFirstLine = "lacuna.cursor/1";

/// One a target: the same store may go to several.
std::string file_of(const std::string& folder, const std::string& engine) {
    std::uint64_t hash = 0xCBF29CE484222325; // FNV-1a
    for (const char c : engine)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3;
    return fmt::format("{}/cursor-{:016x}", folder, hash);
}

bool write_whole(int file, const std::string& text) {
    return write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size())
           && fsync(file) == 0;
}

} // namespace

std::optional<Cursor> read_cursor(const std::string& folder, const std::string& engine,
                                  const std::string& store) {
    std::ifstream in(file_of(folder, engine));
    std::string first;
    Cursor c;
    if (!std::getline(in, first) || first != kFirstLine || !std::getline(in, c.engine)
        || !std::getline(in, c.store) || !(in >> c.place >> c.shipped >> c.refused)
        || c.engine != engine || c.store != store)
        return std::nullopt;
    return c;
}

Status write_cursor(const std::string& folder, const Cursor& cursor) {
    const std::string name = file_of(folder, cursor.engine);
    const std::string fresh = name + ".new";
    const auto failed = [&name] {
        return Error{std::strerror(errno), name, "the place in the log is kept there", 1};
    };
    const int file =
        open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (file < 0) return failed();
    const bool whole =
        write_whole(file, fmt::format("{}\n{}\n{}\n{} {} {}\n", kFirstLine, cursor.engine,
                                      cursor.store, cursor.place, cursor.shipped, cursor.refused));
    const int error = errno;
    close(file);
    errno = error;
    if (!whole || std::rename(fresh.c_str(), name.c_str()) != 0) return failed();
    if (const int dir = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); dir >= 0) {
        (void)fsync(dir);
        close(dir);
    }
    return {};
}

} // namespace lacuna::fleet
