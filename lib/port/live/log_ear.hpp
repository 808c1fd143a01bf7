// What DPDK logs while something is asked of it.
#pragma once

#include "pipeline/dpdk_compat.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace lacuna::port {

/// Listens to what DPDK logs meanwhile, which says more than an error number.
class LogEar {
public:
    LogEar() : stream_(open_memstream(&text_, &size_)), level_(rte_log_get_global_level()) {
        if (stream_ == nullptr) return;
        rte_openlog_stream(stream_);
        if (level_ < RTE_LOG_ERR) rte_log_set_global_level(RTE_LOG_ERR);
    }
    LogEar(const LogEar&) = delete;
    LogEar& operator=(const LogEar&) = delete;
    ~LogEar() {
        if (stream_ == nullptr) return;
        rte_openlog_stream(nullptr);
        rte_log_set_global_level(level_);
        std::fclose(stream_);
        std::free(text_);
    }
    /// Why a call failed that returned `code`: the first line, else what the number means.
    std::string reason(int code) {
        std::string line = first();
        return line.empty() ? rte_strerror(code < 0 ? -code : code) : line;
    }
    /// The first line, without the name of a function at its front.
    std::string first() {
        if (stream_ == nullptr) return {};
        std::fflush(stream_);
        std::string line(text_, size_);
        line.resize(std::min(line.find('\n'), line.size()));
        if (const auto at = line.find("(): "); at != line.npos) line.erase(0, at + 4);
        while (!line.empty() && (line.back() == '.' || line.back() == ' '))
            line.pop_back();
        return line;
    }

private:
    char* text_ = nullptr;
    std::size_t size_ = 0;
    std::FILE* stream_;
    std::uint32_t level_;
};

} // namespace lacuna::port
