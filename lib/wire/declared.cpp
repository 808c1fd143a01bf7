#include "wire/declared.hpp"

#include "wire/layer/dispatch.hpp"

#include <algorithm>

namespace lacuna::wire {

bool reads_ethertype(std::uint16_t type) {
    return type <= kMaxLength
           || std::any_of(std::begin(kByEthertype), std::end(kByEthertype),
                          [type](const LayerRow& row) { return row.number == type; });
}

} // namespace lacuna::wire
