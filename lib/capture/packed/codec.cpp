#include "capture/packed/codec.hpp"

#include <lz4frame.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <limits>

namespace lacuna::capture {

namespace {

using namespace std::string_view_literals;

constexpr std::string_view kGzip = "\x1f\x8b"sv;

class Gzip final : public Codec {
public:
    Gzip() {
        constexpr int kGzipOnly = 16 + MAX_WBITS;
        ready_ = inflateInit2(&z_, kGzipOnly) == Z_OK;
    }
    ~Gzip() override {
        if (ready_) inflateEnd(&z_);
    }

    Step step(std::span<const std::uint8_t> in, std::span<std::uint8_t> out) override {
        if (!ready_) return {0, 0, true};
        if (complete_) {
            if (in.empty()) return {};
            // Another member, or what was written behind the last one and stands for nothing.
            if (in.front() != static_cast<std::uint8_t>(kGzip.front()))
                return {in.size(), 0, false};
            inflateReset(&z_);
            complete_ = false;
        }
        constexpr std::size_t kMost = std::numeric_limits<uInt>::max();
        const auto given = static_cast<uInt>(std::min(in.size(), kMost));
        const auto room = static_cast<uInt>(std::min(out.size(), kMost));
        z_.next_in = const_cast<Bytef*>(in.data());
        z_.avail_in = given;
        z_.next_out = out.data();
        z_.avail_out = room;
        const int result = inflate(&z_, Z_NO_FLUSH);
        complete_ = result == Z_STREAM_END;
        const bool good = complete_ || result == Z_OK || result == Z_BUF_ERROR;
        return {given - z_.avail_in, room - z_.avail_out, !good};
    }
    bool complete() const override { return complete_; }

private:
    z_stream z_{};
    bool ready_ = false;
    bool complete_ = false;
};

class Zstd final : public Codec {
public:
    Step step(std::span<const std::uint8_t> in, std::span<std::uint8_t> out) override {
        if (stream_ == nullptr) return {0, 0, true};
        ZSTD_inBuffer from{in.data(), in.size(), 0};
        ZSTD_outBuffer to{out.data(), out.size(), 0};
        const std::size_t left = ZSTD_decompressStream(stream_.get(), &to, &from);
        if (ZSTD_isError(left) != 0) return {0, 0, true};
        // Asked without input between two frames it names the next one's header: nothing begun.
        if (from.pos != 0 || to.pos != 0) complete_ = left == 0;
        return {from.pos, to.pos, false};
    }
    bool complete() const override { return complete_; }

private:
    struct Free {
        void operator()(ZSTD_DStream* s) const { ZSTD_freeDStream(s); }
    };
    std::unique_ptr<ZSTD_DStream, Free> stream_{ZSTD_createDStream()};
    bool complete_ = false;
};

class Lz4 final : public Codec {
public:
    Lz4() {
        LZ4F_dctx* context = nullptr;
        if (LZ4F_isError(LZ4F_createDecompressionContext(&context, LZ4F_VERSION)) == 0)
            context_.reset(context);
    }
    Step step(std::span<const std::uint8_t> in, std::span<std::uint8_t> out) override {
        if (context_ == nullptr) return {0, 0, true};
        std::size_t used = in.size();
        std::size_t made = out.size();
        const std::size_t left =
            LZ4F_decompress(context_.get(), out.data(), &made, in.data(), &used, nullptr);
        if (LZ4F_isError(left) != 0) return {0, 0, true};
        if (used != 0 || made != 0) complete_ = left == 0;
        return {used, made, false};
    }
    bool complete() const override { return complete_; }

private:
    struct Free {
        void operator()(LZ4F_dctx* c) const { LZ4F_freeDecompressionContext(c); }
    };
    std::unique_ptr<LZ4F_dctx, Free> context_;
    bool complete_ = false;
};

} // namespace

std::unique_ptr<Codec> codec_for(std::string_view head) {
    if (head.starts_with(kGzip)) return std::make_unique<Gzip>();
    if (head.starts_with("\x28\xb5\x2f\xfd"sv)) return std::make_unique<Zstd>();
    if (head.starts_with("\x04\x22\x4d\x18"sv)) return std::make_unique<Lz4>();
    return nullptr;
}

} // namespace lacuna::capture
