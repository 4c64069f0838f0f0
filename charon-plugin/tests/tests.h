/* SPDX-License-Identifier: GPL-2.0-or-later */

TEST_SUITE(dmvpn_sad_suite_create)
TEST_SUITE(dmvpn_attrs_suite_create)
TEST_SUITE(dmvpn_attempts_suite_create)
TEST_SUITE(dmvpn_reason_suite_create)
TEST_SUITE(dmvpn_ipsec_suite_create)
TEST_SUITE(dmvpn_fallback_suite_create)
TEST_SUITE(dmvpn_device_suite_create)
TEST_SUITE(dmvpn_orphans_suite_create)
TEST_SUITE(dmvpn_index_suite_create)
TEST_SUITE(dmvpn_listener_suite_create)
TEST_SUITE(dmvpn_events_suite_create)
TEST_SUITE(dmvpn_takeover_suite_create)
