// Whose loss a driver's counters tell, and when a port is deaf.
#include "catch.hpp"
#include "port/live/deaf_port.hpp"
#include "port/live/losses/drop_watch.hpp"
#include "port/live/losses/loss_names.hpp"

using namespace lacuna::port;

TEST_CASE("counters are classed by their names", "[port]") {
    struct Row {
        const char* name;
        Loss loss;
    };
    const Row rows[] = {
        // what rte_eth_stats has too
        {"rx_missed_errors", Loss::none},
        {"rx_errors", Loss::none},
        {"rx_mbuf_allocation_errors", Loss::none},
        {"rx_good_packets", Loss::none},
        {"rx_q0_packets", Loss::none},
        // igb, ixgbe
        {"rx_oversize_errors", Loss::refused},
        {"rx_crc_errors", Loss::damaged},
        {"rx_align_errors", Loss::damaged},
        {"rx_jabber_errors", Loss::damaged},
        {"rx_undersize_errors", Loss::damaged},
        {"rx_fragment_errors", Loss::damaged},
        {"rx_length_errors", Loss::damaged},
        {"rx_illegal_byte_errors", Loss::damaged},
        {"mac_local_errors", Loss::damaged},
        {"rx_missed_packets", Loss::full},
        {"rx_management_dropped", Loss::none},
        {"rx_fcoe_crc_errors", Loss::none},
        {"rx_l3_l4_xsum_error", Loss::none},
        {"rx_size_1024_to_max_packets", Loss::none},
        {"flow_director_missed_filters", Loss::none},
        // i40e, ice
        {"rx_dropped_packets", Loss::full},
        {"rx_undersized_errors", Loss::damaged},
        {"rx_fragmented_errors", Loss::damaged},
        {"rx_mac_short_pkt_dropped", Loss::damaged},
        {"rx_priority3_xoff_packets", Loss::none},
        // virtio: sizes, not faults
        {"rx_q0_undersize_packets", Loss::none},
        {"rx_q0_size_1519_max_packets", Loss::none},
        // vmxnet3
        {"rx_q0_drop_total", Loss::none},
        {"rx_q0_drop_err", Loss::full},
        {"rx_q0_drop_fcs", Loss::damaged},
        {"rx_q0_rx_buf_alloc_failure", Loss::full},
        // mlx5
        {"rx_out_of_buffer", Loss::full},
        {"rx_phy_crc_errors", Loss::damaged},
        {"rx_phy_discard_packets", Loss::full},
        {"rx_discards_phy", Loss::full},
        {"rx_phy_in_range_len_errors", Loss::damaged},
        // ena, bnxt
        {"bw_in_allowance_exceeded", Loss::full},
        {"bw_out_allowance_exceeded", Loss::none},
        {"rx_ovrsz_frames", Loss::refused},
        {"rx_fcs_err_frames", Loss::damaged},
        // sending is nobody's loss here
        {"tx_dropped", Loss::none},
        {"tx_errors", Loss::none},
        {"rx_discard_bytes", Loss::none},
        {"", Loss::none},
    };
    for (const Row& row : rows) {
        CAPTURE(row.name);
        CHECK(loss_of(row.name) == row.loss);
    }
}

TEST_CASE("every frame the probe lost counts once, damage never", "[port]") {
    LossTold told;
    SECTION("nothing told, nothing lost") {
        CHECK(own_loss(told).missed == 0);
        CHECK(own_loss(told).refused == 0);
    }
    SECTION("errors without a name may be the probe's") {
        told.errors = 3801;
        CHECK(own_loss(told).missed == 3801);
        CHECK(own_loss(told).refused == 3801);
    }
    SECTION("damage is taken out of the errors") {
        told.errors = 10;
        told.damaged = 7;
        told.refused = 3;
        CHECK(own_loss(told).missed == 3);
        told.damaged = 12;
        CHECK(own_loss(told).refused == 3);
    }
    SECTION("unless they do not hold it") {
        told.errors = 10;
        told.damaged = 7;
        told.errors_hold_damage = false;
        CHECK(own_loss(told).refused == 10);
    }
    SECTION("names that repeat the basic counters add nothing") {
        told.missed = 100;
        told.nombuf = 20;
        told.full = 120;
        CHECK(own_loss(told).missed == 100);
        told.full = 130;
        CHECK(own_loss(told).missed == 110);
    }
}

TEST_CASE("a port is deaf when frames are lost and none is received", "[port]") {
    DeafPort port;
    CHECK_FALSE(port.notice(0, 0, 0));
    SECTION("within ten seconds, once") {
        int told = 0;
        double when = 0;
        for (int i = 1; i <= 400; ++i) {
            if (!port.notice(i * 0.05, 0, static_cast<std::uint64_t>(i) * 10)) continue;
            ++told;
            when = i * 0.05;
        }
        CHECK(told == 1);
        CHECK(when < 10);
    }
    SECTION("not when nothing arrives") {
        for (int i = 1; i <= 400; ++i)
            CHECK_FALSE(port.notice(i * 0.05, 0, 3));
    }
    SECTION("not when some are received") {
        for (int i = 1; i <= 400; ++i)
            CHECK_FALSE(port.notice(i * 0.05, static_cast<std::uint64_t>(i),
                                    static_cast<std::uint64_t>(i) * 1000));
    }
    SECTION("a new spell is told anew") {
        int told = 0;
        for (int i = 1; i <= 400; ++i)
            told +=
                port.notice(i * 0.05, i > 200 ? 5 : 0, static_cast<std::uint64_t>(i) * 10) ? 1 : 0;
        CHECK(told == 2);
    }
}
