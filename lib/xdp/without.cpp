// lib/xdp where libbpf or clang is missing: every attempt is refused with the reason.
#include "xdp/steering.hpp"

namespace lacuna::xdp {

bool available() {
    return false;
}

Result<Attached> attached_to(const std::string& interface) {
    return Error{"this lacuna was built without AF_XDP", interface, "", 1};
}

Result<std::unique_ptr<Steering>> Steering::prepare(const std::string& interface, Mode,
                                                    const Wanted&, Attach) {
    return Error{"this lacuna was built without AF_XDP", interface,
                 "build with -Dlive=enabled (libbpf-dev, clang), or use af_packet", 1};
}

Status Steering::adopt() {
    return {};
}

void Steering::detach() {}

Verdicts Steering::verdicts() const {
    return {};
}

Steering::~Steering() = default;

} // namespace lacuna::xdp
