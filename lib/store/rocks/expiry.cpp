#include "store/rocks/expiry.hpp"

#include "store/records/bytes.hpp"

#include <memory>

namespace lacuna::store {
namespace {

class ExpiryFilter : public rocksdb::CompactionFilter {
public:
    ExpiryFilter(std::shared_ptr<Expiry> expiry, bool series)
        : expiry_(std::move(expiry)), series_(series) {}
    const char* Name() const override { return "lacuna.expiry"; }
    bool Filter(int, const rocksdb::Slice& key, const rocksdb::Slice& value, std::string*,
                bool*) const override {
        const bool old = series_ ? expiry_->old_point(key.ToStringView())
                                 : expiry_->old_event(key.ToStringView(), value.ToStringView());
        if (old) ++(series_ ? expiry_->points : expiry_->events);
        return old;
    }

private:
    const std::shared_ptr<Expiry> expiry_;
    const bool series_;
};

class ExpiryFilters : public rocksdb::CompactionFilterFactory {
public:
    ExpiryFilters(std::shared_ptr<Expiry> expiry, bool series)
        : expiry_(std::move(expiry)), series_(series) {}
    const char* Name() const override { return "lacuna.expiry"; }
    std::unique_ptr<rocksdb::CompactionFilter>
    CreateCompactionFilter(const rocksdb::CompactionFilter::Context&) override {
        return std::make_unique<ExpiryFilter>(expiry_, series_);
    }

private:
    const std::shared_ptr<Expiry> expiry_;
    const bool series_;
};

} // namespace

bool Expiry::old_point(std::string_view key) const {
    const TimeNs before = this->before();
    ByteReader k(key);
    if (k.u32() != run_.load(std::memory_order_relaxed) || key.size() < kRowKeyOctets + 9)
        return false;
    ByteReader start(key.substr(4 + 1 + kIdentityOctets));
    return start.ordered() < before;
}

bool Expiry::old_event(std::string_view key, std::string_view value) const {
    const TimeNs before = this->before();
    ByteReader k(key);
    if (k.u32() != run_.load(std::memory_order_relaxed) || value.size() < 9) return false;
    ByteReader time(value.substr(1));
    return time.i64() < before;
}

std::shared_ptr<rocksdb::CompactionFilterFactory> leave_out(std::shared_ptr<Expiry> expiry,
                                                            bool series) {
    return std::make_shared<ExpiryFilters>(std::move(expiry), series);
}

} // namespace lacuna::store
