// What a person is told of a store whose newest log is damaged.
#pragma once

namespace lacuna::store {

inline constexpr const char* kLogDamaged =
    "the newest log of the store is damaged; records behind that place are lost, and the run they "
    "belong to may seem not to have ended";

} // namespace lacuna::store
