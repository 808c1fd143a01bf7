#include "store/read/log.hpp"

#include "store/read/reader_impl.hpp"
#include "store/records/bytes.hpp"

namespace lacuna::store {
namespace {

/// A batch of the log, record by record.
class Batch : public rocksdb::WriteBatch::Handler {
public:
    Batch(const ReaderImpl& store, const LogVisitor& visitor) : visitor_(visitor) {
        for (std::size_t f = 0; f < kFamilies; ++f)
            if (const auto* family = store.rocks.family(static_cast<Family>(f)))
                ids_[f] = family->GetID();
    }

    rocksdb::Status PutCF(std::uint32_t family, const rocksdb::Slice& key,
                          const rocksdb::Slice& value) override {
        const std::string_view k = key.ToStringView();
        const std::string_view v = value.ToStringView();
        const auto hand_out = [this](const auto& record, const auto& fn, auto... args) {
            damaged_ = damaged_ || !record;
            if (record) go_on_ = fn(args..., *record) && go_on_;
        };
        ByteReader id(k);
        const RunId run = id.u32();
        if (family == ids_[kRuns]) {
            hand_out(decode_run(k, v), visitor_.run);
        } else if (family == ids_[kFlows]) {
            hand_out(decode_summary(k, v), visitor_.flow, run);
        } else if (family == ids_[kEvents]) {
            std::optional<NumberedEvent> event;
            if (const auto e = decode_event(k, v))
                event = {*e, ByteReader(k.substr(kRowKeyOctets)).u64()};
            hand_out(event, visitor_.event, run);
        } else if (family == ids_[kSeries]) {
            hand_out(decode_sample(k, v), visitor_.sample, run, static_cast<Level>(id.u8()));
        }
        return rocksdb::Status::OK();
    }
    // Removals are the store's own affair: the rows stay where they were shipped to.
    rocksdb::Status DeleteCF(std::uint32_t, const rocksdb::Slice&) override {
        return rocksdb::Status::OK();
    }
    rocksdb::Status DeleteRangeCF(std::uint32_t, const rocksdb::Slice&,
                                  const rocksdb::Slice&) override {
        return rocksdb::Status::OK();
    }

    bool go_on() const { return go_on_; }
    bool damaged() const { return damaged_; }

private:
    const LogVisitor& visitor_;
    std::uint32_t ids_[kFamilies] = {};
    bool go_on_ = true;
    bool damaged_ = false;
};

} // namespace

std::uint64_t StoreLog::end() const {
    return reader_.impl_->rocks.db->GetLatestSequenceNumber();
}

Result<bool> StoreLog::read(std::uint64_t& place, const LogVisitor& visitor) const {
    const ReaderImpl& store = *reader_.impl_;
    const std::uint64_t last = end();
    if (place == last) return true;
    if (place > last) return false;
    std::unique_ptr<rocksdb::TransactionLogIterator> it;
    if (!store.rocks.db->GetUpdatesSince(place + 1, &it).ok()) return false;
    // What the reader has not caught up with yet waits: points are made from what it sees.
    for (; place < last && it->Valid(); it->Next()) {
        const rocksdb::BatchResult batch = it->GetBatch();
        if (batch.sequence > place + 1) return false;
        Batch records(store, visitor);
        if (!batch.writeBatchPtr->Iterate(&records).ok() || records.damaged())
            return store.damaged("the log");
        const std::uint64_t next =
            batch.sequence + static_cast<std::uint64_t>(batch.writeBatchPtr->Count()) - 1;
        place = std::max(place, next);
        if (!records.go_on()) return true;
    }
    return place >= last;
}

} // namespace lacuna::store
