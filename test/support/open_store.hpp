// A store to write, and one to read; a test in which that fails has failed.
#pragma once

#include "catch.hpp"
#include "store/store.hpp"

#include <memory>
#include <string>

namespace lacuna::test {

inline std::unique_ptr<store::StoreWriter> writer_of(const std::string& dir,
                                                     store::RunRecord run = {}) {
    auto writer = store::StoreWriter::open(dir, std::move(run));
    REQUIRE(writer);
    return std::move(*writer);
}

inline std::unique_ptr<store::StoreReader>
reader_of(const std::string& dir, store::StoreReader::Mode mode = store::StoreReader::Mode::still) {
    auto reader = store::StoreReader::open(dir, mode);
    INFO((reader ? std::string() : reader.error().text()));
    REQUIRE(reader);
    return std::move(*reader);
}

} // namespace lacuna::test
