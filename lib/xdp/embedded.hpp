// The steering programs, compiled when lacuna was built.
#pragma once

#include <cstddef>
#include <span>

namespace lacuna::xdp {

/// BPF objects (ELF) as clang wrote them.
std::span<const std::byte> steer_beside();
std::span<const std::byte> steer_take_all();

} // namespace lacuna::xdp
