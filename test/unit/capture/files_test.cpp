// Real captures, where there are any: the number of records and whether the file is cut.
#include "catch.hpp"
#include "support/read_capture.hpp"

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

using namespace lacuna::test;
namespace fs = std::filesystem;

TEST_CASE("capture: real files, mapped, read and piped", "[capture]") {
    const char* directory = std::getenv("LACUNA_CAPTURES");
    if (directory == nullptr || !fs::is_directory(directory)) {
        WARN("no directory of captures in LACUNA_CAPTURES");
        return;
    }
    const std::string suffix = ".expected.json";
    std::size_t seen = 0;
    for (const auto& entry : fs::directory_iterator(directory)) {
        const std::string name = entry.path().string();
        if (!name.ends_with(suffix)) continue;
        const std::string path = name.substr(0, name.size() - suffix.size());
        CAPTURE(path);
        std::ifstream stream(name);
        const auto expected = nlohmann::json::parse(stream);
        const Whole mapped = drain(lacuna::capture::Reader::open(path));
        CHECK(mapped.error.empty());
        CHECK(mapped.frames.size() == expected["frames"].get<std::size_t>());
        CHECK(mapped.end.truncated == expected["truncated_input"].get<bool>());
        const Whole blocks =
            drain(lacuna::capture::Reader::open(path, lacuna::capture::Access::stream));
        CHECK(blocks.frames == mapped.frames);
        CHECK(blocks.end.truncated == mapped.end.truncated);
        CHECK(blocks.end.offset == mapped.end.offset);
        std::ifstream file(path, std::ios::binary);
        const Bytes octets{std::istreambuf_iterator<char>(file), {}};
        const Whole piped = read_pipe(octets);
        CHECK(piped.frames == mapped.frames);
        CHECK(piped.end.truncated == mapped.end.truncated);
        ++seen;
    }
    CHECK(seen > 0);
}
