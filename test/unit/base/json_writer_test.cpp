// Commas, lines and escapes of the streaming JSON writer.
#include "base/json_writer.hpp"
#include "catch.hpp"

#include <limits>
#include <nlohmann/json.hpp>

using namespace lacuna;

namespace {

std::string escaped(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

} // namespace

TEST_CASE("JSON writer: commas stand between values, at every depth") {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    json.key("empty").begin_object().end_object();
    json.member("n", -5);
    json.key("list").begin_array();
    json.value(1u);
    json.begin_array().end_array();
    json.value("b");
    json.null();
    json.value(true);
    json.end_array();
    json.key(std::uint64_t{1} << 63).raw("[7]");
    json.key("x").fixed(2.0 / 3, 3);
    json.end_object();
    CHECK(
        out
        == R"({"empty":{},"n":-5,"list":[1,[],"b",null,true],"9223372036854775808":[7],"x":0.667})");
}

TEST_CASE("JSON writer: a list with an entry a line, and no line for an empty one") {
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    json.line().value(1);
    json.line().value(2);
    json.end_array();
    CHECK(out == "[\n1,\n2]");
    out.clear();
    JsonWriter none(out);
    none.begin_array().end_array();
    CHECK(out == "[]");
}

TEST_CASE("JSON writer: the text may be emptied between two values") {
    std::string out;
    std::string all;
    JsonWriter json(out);
    json.begin_array();
    for (int i = 0; i < 3; ++i) {
        json.value(i);
        all += out;
        out.clear();
    }
    json.end_array();
    CHECK(all + out == "[0,1,2]");
}

TEST_CASE("JSON writer: strings come back from a strict parser") {
    for (const std::string& text :
         {std::string(), std::string("plain"), std::string("\"\\/\b\f\n\r\t"),
          std::string("\0\x01\x1f\x7f", 4), std::string("caf\xc3\xa9 \xf0\x9f\x98\x80")}) {
        CAPTURE(text);
        CHECK(nlohmann::json::parse(escaped(text)).get<std::string>() == text);
    }
    // What is no UTF-8 is replaced, not passed on.
    CHECK(nlohmann::json::parse(escaped("a\xff"
                                        "b"))
              .get<std::string>()
          == "a\xEF\xBF\xBD"
             "b");
}

TEST_CASE("JSON writer: what is no number is null") {
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    json.real(std::numeric_limits<double>::infinity());
    json.real(std::nan(""));
    json.real(1.5, 2);
    json.fixed(std::numeric_limits<double>::max(), 0);
    json.end_array();
    CHECK(out.starts_with("[null,null,1.50,17976931348623157"));
    CHECK(out.size() == std::string("[null,null,1.50,]").size() + 309);
}
