// Data of a BPF object, set before it is loaded.
#pragma once

#include <cstddef>
#include <span>

namespace lacuna::xdp {

/// Writes `data` where the symbol `name` of the ELF object lies, which must be an object of that
/// size. False: there is none.
bool set_object_data(std::span<std::byte> object, const char* name,
                     std::span<const std::byte> data);

} // namespace lacuna::xdp
