// The kernel objects (BPF programs and maps) this process holds, found by their numbers. A driver
// that loads a program keeps its descriptors to itself, and asking the kernel by number needs more
// privileges (CAP_SYS_ADMIN) than anything else lacuna does.
#pragma once

#include <cstdint>

namespace lacuna::xdp {

/// A new descriptor for the program of this process with number `id`; -1 if there is none.
int own_program(std::uint32_t id);

/// A new descriptor for the map called `name` that `program` uses; -1 if there is none.
int own_map(int program, const char* name);

/// Whether the program behind `descriptor` is lacuna's steering program.
bool is_steering(int descriptor);

} // namespace lacuna::xdp
