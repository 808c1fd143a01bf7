#include "capture/write/pcapng_writer.hpp"

#include "capture/formats/link.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace lacuna::capture {
namespace {

constexpr std::uint32_t kSectionHeader = 0x0A0D0D0A;
constexpr std::uint32_t kInterface = 1;
constexpr std::uint32_t kPacket = 6;
constexpr std::uint16_t kComment = 1;
constexpr std::uint16_t kTimeUnit = 9; ///< if_tsresol
constexpr std::uint16_t kApplication = 4;

template <typename T>
void put(std::string& to, T value) {
    to.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void pad(std::string& to) {
    to.append((4 - to.size() % 4) % 4, '\0');
}

void put_option(std::string& to, std::uint16_t code, std::string_view value) {
    put(to, code);
    put(to, static_cast<std::uint16_t>(value.size()));
    to.append(value);
    pad(to);
}

} // namespace

Result<PcapngWriter> PcapngWriter::create(const std::string& path, const std::string& comment) {
    std::FILE* const file = std::fopen(path.c_str(), "we");
    if (file == nullptr) return Error{std::strerror(errno), path, "", 1};
    PcapngWriter writer(path, file);
    std::string head;
    put(head, std::uint32_t{0x1A2B3C4D}); // tells the order of octets: that of this machine
    put(head, std::uint16_t{1});
    put(head, std::uint16_t{0});
    put(head, ~std::uint64_t{0}); // of no length known beforehand
    constexpr std::size_t kMost = 60'000;
    put_option(head, kComment, std::string_view(comment).substr(0, kMost));
    put_option(head, kApplication, "lacuna");
    put_option(head, 0, "");
    writer.block(kSectionHeader, head);
    return writer;
}

void PcapngWriter::block(std::uint32_t type, const std::string& body) {
    const auto length = static_cast<std::uint32_t>(body.size() + 12);
    for (const std::uint32_t word : {type, length})
        good_ = good_ && std::fwrite(&word, sizeof word, 1, file_.get()) == 1;
    good_ = good_ && std::fwrite(body.data(), 1, body.size(), file_.get()) == body.size()
            && std::fwrite(&length, sizeof length, 1, file_.get()) == 1;
}

std::uint32_t PcapngWriter::interface_of(wire::LinkType link) {
    const auto known = std::find(interfaces_.begin(), interfaces_.end(), link);
    const auto number = static_cast<std::uint32_t>(known - interfaces_.begin());
    if (known != interfaces_.end()) return number;
    interfaces_.push_back(link);
    std::string body;
    put(body, static_cast<std::uint16_t>(link_number(link)));
    put(body, std::uint16_t{0});
    put(body, std::uint32_t{0}); // frames are as long as they are
    put_option(body, kTimeUnit, "\x09");
    put_option(body, 0, "");
    block(kInterface, body);
    return number;
}

void PcapngWriter::add(const wire::Frame& frame) {
    const std::uint32_t interface = interface_of(frame.link);
    const auto time = static_cast<std::uint64_t>(frame.time);
    std::string body;
    put(body, interface);
    put(body, static_cast<std::uint32_t>(time >> 32));
    put(body, static_cast<std::uint32_t>(time));
    put(body, frame.caplen);
    put(body, frame.wirelen);
    body.append(reinterpret_cast<const char*>(frame.data), frame.caplen);
    pad(body);
    block(kPacket, body);
}

Status PcapngWriter::close() {
    errno = 0;
    const bool closed = std::fclose(file_.release()) == 0;
    if (good_ && closed) return {};
    return Error{errno != 0 ? std::strerror(errno) : "not all of it could be written", path_, "",
                 1};
}

} // namespace lacuna::capture
