#include "fleet/engine/engine.hpp"

#include "fleet/engine/text.hpp"

#include <curl/curl.h>
#include <fmt/format.h>
#include <mutex>
#include <zlib.h>

namespace lacuna::fleet {
namespace {

constexpr long kConnectSeconds = 10;
/// An engine that moves less than an octet a second for so long has gone.
constexpr long kSilentSeconds = 120;
/// Of an answer that is an error no more is kept.
constexpr std::size_t kMostText = 1u << 16;

void begin_curl() {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

/// gzip, the fastest: rows shrink to a fifth, and the engine reads no other form in all versions.
bool compress(std::string_view in, std::string& out) {
    constexpr int kGzip = 15 + 16;
    constexpr int kMemory = 8;
    z_stream z{};
    if (deflateInit2(&z, Z_BEST_SPEED, Z_DEFLATED, kGzip, kMemory, Z_DEFAULT_STRATEGY) != Z_OK)
        return false;
    out.resize(deflateBound(&z, in.size()));
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
    z.avail_in = static_cast<uInt>(in.size());
    z.next_out = reinterpret_cast<Bytef*>(out.data());
    z.avail_out = static_cast<uInt>(out.size());
    const bool whole = deflate(&z, Z_FINISH) == Z_STREAM_END;
    out.resize(z.total_out);
    deflateEnd(&z);
    return whole;
}

std::string with_database(std::string_view sql, const std::string& database) {
    constexpr std::string_view kMark = "{db}";
    std::string out;
    for (;;) {
        const auto at = sql.find(kMark);
        out += sql.substr(0, at);
        if (at == std::string_view::npos) return out;
        out += database;
        sql.remove_prefix(at + kMark.size());
    }
}

/// What takes the body of an answer.
struct Sink {
    CURL* curl;
    const std::function<bool(std::vector<std::string>&)>* fn; ///< null: nobody wants rows
    std::string text{};                                       ///< the line begun, or an error
    bool enough = false;

    bool failed() const {
        long status = 0;
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        return status != 200;
    }
    void line(std::string_view line) {
        if (enough) return;
        auto fields = read_row(line);
        enough = !(*fn)(fields);
    }
    std::size_t take(std::string_view part) {
        if (fn == nullptr || failed()) {
            text += part.substr(0, kMostText - std::min(kMostText, text.size()));
            return part.size();
        }
        const std::size_t whole = part.size();
        for (;;) {
            const auto end = part.find('\n');
            if (end == std::string_view::npos) break;
            if (text.empty()) {
                line(part.substr(0, end));
            } else {
                text += part.substr(0, end);
                line(text);
                text.clear();
            }
            part.remove_prefix(end + 1);
        }
        text += part;
        return enough ? 0 : whole;
    }
};

std::size_t take_part(char* data, std::size_t size, std::size_t n, void* sink) {
    return static_cast<Sink*>(sink)->take({data, size * n});
}

} // namespace

struct Engine::Handle {
    CURL* curl = nullptr;
    std::string packed;
    char why[CURL_ERROR_SIZE] = {};

    explicit Handle(const Target& target) {
        begin_curl();
        curl = curl_easy_init();
        if (curl == nullptr) return;
        const auto set = [this](CURLoption option, auto value) {
            curl_easy_setopt(curl, option, value);
        };
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_ERRORBUFFER, why);
        set(CURLOPT_PROXY, ""); // an engine is asked directly, whatever the environment says
        set(CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
        set(CURLOPT_LOW_SPEED_LIMIT, 1L);
        set(CURLOPT_LOW_SPEED_TIME, kSilentSeconds);
        set(CURLOPT_TCP_KEEPALIVE, 1L);
        set(CURLOPT_USERAGENT, "lacuna");
        set(CURLOPT_WRITEFUNCTION, take_part);
        if (!target.user.empty() || !target.password.empty()) {
            set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
            set(CURLOPT_USERNAME, target.user.empty() ? "default" : target.user.c_str());
            set(CURLOPT_PASSWORD, target.password.c_str());
        }
        set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
        if (!target.ca_file.empty()) set(CURLOPT_CAINFO, target.ca_file.c_str());
        if (!target.cert_file.empty()) set(CURLOPT_SSLCERT, target.cert_file.c_str());
        if (!target.key_file.empty()) set(CURLOPT_SSLKEY, target.key_file.c_str());
    }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    ~Handle() { curl_easy_cleanup(curl); }

    std::string escaped(std::string_view text) const {
        char* out = curl_easy_escape(curl, text.data(), static_cast<int>(text.size()));
        std::string copy = out != nullptr ? out : "";
        curl_free(out);
        return copy;
    }

    Result<bool, Failure> post(const std::string& url, std::string_view body, const char* encoding,
                               Sink& sink) {
        if (curl == nullptr) return Failure{Failure::Kind::refused, 0, "libcurl does not start"};
        curl_slist* headers = nullptr;
        // No "Expect: 100-continue", which costs a turn; what is sent is no form.
        for (const char* line : {"Expect:", "Content-Type: application/octet-stream", encoding})
            if (line != nullptr) headers = curl_slist_append(headers, line);
        curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data());
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, &sink);
        why[0] = '\0';
        const CURLcode done = curl_easy_perform(curl);
        curl_slist_free_all(headers);
        long status = 0;
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        if (done == CURLE_WRITE_ERROR && sink.enough) return true;
        if (done != CURLE_OK) {
            const bool lasting = done == CURLE_SSL_CERTPROBLEM || done == CURLE_SSL_CACERT_BADFILE
                                 || done == CURLE_PEER_FAILED_VERIFICATION;
            return Failure{lasting ? Failure::Kind::refused : Failure::Kind::away, 0,
                           why[0] != '\0' ? why : curl_easy_strerror(done)};
        }
        if (status != 200) return read_failure(status, sink.text);
        return true;
    }
};

Engine::Engine(Target target)
    : target_(std::move(target)), handle_(std::make_unique<Handle>(target_)) {}
Engine::Engine(Engine&&) noexcept = default;
Engine::~Engine() = default;

Result<bool, Failure> Engine::each(std::string_view sql,
                                   const std::function<bool(std::vector<std::string>&)>& fn) {
    Sink sink{handle_->curl, &fn};
    // Without the first an error behind the first rows would come with a status of success.
    return handle_->post(target_.http() + "?wait_end_of_query=1&default_format=TabSeparated",
                         with_database(sql, target_.database), nullptr, sink);
}

Result<Answer, Failure> Engine::ask(std::string_view sql) {
    Answer rows;
    const auto done = each(sql, [&rows](std::vector<std::string>& row) {
        rows.push_back(std::move(row));
        return true;
    });
    if (!done) return done.error();
    return rows;
}

Result<bool, Failure> Engine::insert(std::string_view table, std::string_view columns,
                                     std::string_view rows) {
    if (!compress(rows, handle_->packed))
        return Failure{Failure::Kind::refused, 0, "zlib does not compress"};
    Sink sink{handle_->curl, nullptr};
    const std::string query =
        fmt::format("INSERT INTO {}.{} ({}) FORMAT TabSeparated", target_.database, table, columns);
    return handle_->post(target_.http() + "?query=" + handle_->escaped(query), handle_->packed,
                         "Content-Encoding: gzip", sink);
}

std::string literal(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') out += '\\';
        if (c == '\0')
            out += "\\0";
        else
            out += c;
    }
    return out + '\'';
}

} // namespace lacuna::fleet
