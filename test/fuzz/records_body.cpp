#include "fuzz/records_body.hpp"

#include "store/read/notable.hpp"
#include "store/read/series.hpp"

#include <cstdlib>
#include <cstring>

namespace lacuna::test {

namespace {

using namespace store;

void require(bool holds) {
    if (!holds) std::abort();
}

std::uint32_t run_of(std::string_view key) {
    std::uint32_t run = 0;
    for (std::size_t i = 0; i < 4; ++i)
        run = run << 8 | static_cast<std::uint8_t>(key[i]);
    return run;
}

void check_run(std::string_view key, std::string_view value) {
    const auto run = decode_run(key, value);
    if (!run) return;
    std::size_t text = run->command.size();
    for (const std::string& s : run->inputs)
        text += 4 + s.size();
    for (const auto& [name, setting] : run->config)
        text += 8 + name.size() + setting.size();
    for (const auto& [name, count] : run->figures.frames.other_kinds)
        text += 5 + name.size();
    require(text <= value.size());
    require(run->id == run_of(key));
    const std::string again = encode(*run);
    const auto back = decode_run(run_key(run->id), again);
    require(back && encode(*back) == again);
}

void check_summary(std::string_view key, std::string_view value) {
    const auto s = decode_summary(key, value);
    if (!s) return;
    const std::string new_key = row_key(run_of(key), s->id, s->first_time);
    require(key.substr(0, kRowKeyOctets) == new_key);
    const std::string again = encode(*s);
    const auto back = decode_summary(new_key, again);
    require(back && std::memcmp(&*back, &*s, sizeof *s) == 0);
}

void check_event(std::string_view key, std::string_view value) {
    const auto e = decode_event(key, value);
    if (!e) return;
    const std::string new_key = event_key(run_of(key), *e, 0);
    require(key.substr(0, kRowKeyOctets) == new_key.substr(0, kRowKeyOctets));
    const std::string again = encode(*e);
    require(again.substr(1) == value.substr(1, again.size() - 1));
    const auto back = decode_event(new_key, again);
    require(back && std::memcmp(&*back, &*e, sizeof *e) == 0);
}

void check_notable(std::string_view key, std::string_view value) {
    const auto e = decode_notable(key, value);
    if (!e) return;
    const std::string new_key = notable_key(run_of(key), e->time, 0);
    require(key.substr(0, 12) == new_key.substr(0, 12));
    const auto back = decode_notable(new_key, encode_notable(run_of(key), *e, 0));
    require(back && std::memcmp(&*back, &*e, sizeof *e) == 0);
}

void check_sample(std::string_view key, std::string_view value) {
    const auto s = decode_sample(key, value);
    if (!s) return;
    const std::string new_key = series_key(run_of(key), static_cast<Level>(key[4]), *s);
    require(key.substr(0, new_key.size()) == new_key);
    const auto back = decode_sample(new_key, encode(*s));
    require(back && std::memcmp(&*back, &*s, sizeof *s) == 0);
    Point point; // must stand whatever the numbers
    point.add(flow::Sample{}, *s);
    point.add(*s, flow::Sample{});
    require(point.received == 0 && point.restarts == 0);
}

} // namespace

void fuzz_records(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return;
    // The first octet says where the key ends and the value begins. Copies end where their
    // allocation does, for the sanitizer.
    const std::string_view all(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::size_t split = data[0] < all.size() ? data[0] : all.size();
    const std::string key(all.substr(0, split));
    const std::string value(all.substr(split));
    check_run(key, value);
    check_summary(key, value);
    check_event(key, value);
    check_notable(key, value);
    check_sample(key, value);
}

} // namespace lacuna::test
