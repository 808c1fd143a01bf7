// The fields of the table (flow/fields/table.hpp) as octets of a record; inside lib/store only.
#pragma once

#include "flow/fields/table.hpp"
#include "store/records/tagged.hpp"

namespace lacuna::store {

/// Those with a tag up to flow::kLastPlain, in the order of their tags.
void put_plain(ByteWriter& w, const flow::SaSummary& s);
void put_plain(ByteWriter& w, const flow::Totals& t);
void get_plain(ByteReader& r, flow::SaSummary& s);
void get_plain(ByteReader& r, flow::Totals& t);

/// The others, where they are not zero, with their tags, to the end of the record.
void put_further(ByteWriter& w, const flow::SaSummary& s);
void put_further(ByteWriter& w, const flow::Totals& t);
void get_further(ByteReader& r, flow::SaSummary& s);
void get_further(ByteReader& r, flow::Totals& t);

} // namespace lacuna::store
