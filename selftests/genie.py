#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""genie.py DIR: what dmvpnctl prints, read by parsers made for IOS XE.

The outputs in DIR, which unit/samples has written, are given to the parsers of
the Genie library (CiscoTestAutomation/genieparser), and what these make of
them is compared with what the sample says. GENIE_PARSERS is the path of a
checkout of the library; without it, nothing is checked. The library's base
class is not published with it: a stand-in is here, which checks a result
against the schema of its parser as the original does.
"""
import importlib
import os
import sys
import types

# ---- a stand-in for genie.metaparser ----


class Key:
    """Something that stands for a key of a dictionary in a schema."""

    def __init__(self, *schemas):
        self.schemas = schemas

    def __hash__(self):
        return id(self)

    def __eq__(self, other):
        return self is other

    def accepts(self, key):
        return any(fits_key(s, key) for s in self.schemas)


class Any(Key):
    def accepts(self, key):
        return True


class Optional(Key):
    pass


class Or(Key):
    pass


class And(Key):
    def accepts(self, key):
        return all(fits_key(s, key) for s in self.schemas)


class ListOf(Key):
    pass


class Unused(Key):
    """What none of the parsers here has in its schema."""


class SchemaError(Exception):
    pass


class SchemaEmptyParserError(SchemaError):
    pass


def fits_key(schema, key):
    if isinstance(schema, Key):
        return schema.accepts(key)
    if isinstance(schema, type):
        return isinstance(key, schema)
    return schema == key


def validate_dict(schema, value, path):
    if not isinstance(value, dict):
        raise SchemaError(f'{path}: {value!r} is no dictionary')
    missing = [k for k in schema if not isinstance(k, (Optional, Any))]
    # Literal keys go before those that take any.
    order = sorted(schema, key=lambda k: isinstance(k, Key) +
                   isinstance(k, Any))
    for key, inner in value.items():
        match = next((k for k in order if fits_key(k, key)), None)
        if match is None:
            raise SchemaError(f'{path}: unexpected "{key}"')
        missing = [k for k in missing if k is not match]
        validate(schema[match], inner, f'{path}.{key}')
    if missing:
        names = [k.schemas if isinstance(k, Key) else k for k in missing]
        raise SchemaError(f'{path}: without {names}')


def validate(schema, value, path=''):
    if isinstance(schema, dict):
        validate_dict(schema, value, path)
    elif isinstance(schema, Any):
        pass
    elif isinstance(schema, ListOf):
        for i, member in enumerate(value):
            validate(schema.schemas[0], member, f'{path}[{i}]')
    elif isinstance(schema, Or):
        errors = []
        for s in schema.schemas:
            try:
                return validate(s, value, path)
            except SchemaError as error:
                errors.append(str(error))
        raise SchemaError('; '.join(errors))
    elif isinstance(schema, type):
        if not isinstance(value, schema):
            raise SchemaError(f'{path}: {value!r} is no {schema.__name__}')
    elif schema != value:
        raise SchemaError(f'{path}: {value!r} is not {schema!r}')
    return None


class MetaParser:
    schema = {}

    def __init__(self, device=None):
        self.device = device


class Blank(types.ModuleType):
    """A module that has every name, and nothing behind it."""

    __path__ = []

    def __getattr__(self, name):
        if name.startswith('__'):
            raise AttributeError(name)
        return Unused


def module(name, **members):
    m = types.ModuleType(name)
    m.__dict__.update(members)
    sys.modules[name] = m


# Imported by the library's files, and not used for what is read here.
BLANKS = ('genie.abstract', 'genie.abstract.package', 'genie.json',
          'genie.json.make_json', 'genie.parsergen',
          'netaddr', 'packaging', 'pyats', 'pyats.configuration', 'pyats.log',
          'pyats.log.utils', 'pyats.utils', 'pyats.utils.import_utils',
          'xmltodict')


def prepare(checkout):
    """Let the library's files be imported."""
    parser = os.path.join(checkout, 'src/genie/libs/parser')
    if not os.path.isdir(os.path.join(parser, 'iosxe')):
        sys.exit(f'genie: no checkout of genieparser at {checkout}')
    for name in BLANKS:
        sys.modules[name] = Blank(name)
    for name in ('genie', 'genie.libs', 'genie.metaparser.util'):
        sys.modules[name] = Blank(name)
    module('genie.metaparser', MetaParser=MetaParser, __path__=[])
    module('genie.metaparser.util.schemaengine', Any=Any, Optional=Optional,
           Or=Or, And=And, ListOf=ListOf, Schema=Unused, Default=Unused,
           Use=Unused)
    module('genie.metaparser.util.exceptions',
           SchemaEmptyParserError=SchemaEmptyParserError)
    for name, path in (('genie.libs.parser', parser),
                       ('genie.libs.parser.utils', f'{parser}/utils'),
                       ('genie.libs.parser.iosxe', f'{parser}/iosxe')):
        module(name, __path__=[path])


# ---- the checks ----

class Checks:
    def __init__(self, directory):
        self.directory = directory
        self.number = 0
        self.failed = 0

    def result(self, ok, what, *notes):
        self.number += 1
        self.failed += not ok
        print(f'{"ok" if ok else "not ok"} {self.number} - {what}')
        for note in notes:
            print(f'# {note}')

    def parse(self, sample, file, name, **args):
        """What a parser makes of a sample, {} if it cannot."""
        path = os.path.join(self.directory, sample + '.txt')
        with open(path, encoding='utf-8') as f:
            text = f.read()
        parsers = importlib.import_module(f'genie.libs.parser.iosxe.{file}')
        parser = getattr(parsers, name)()
        try:
            value = parser.cli(output=text, **args)
            validate(parser.schema, value)
        except Exception as error:  # pylint: disable=broad-except
            self.result(False, f'{name} reads {sample}', repr(error))
            return {}
        self.result(bool(value), f'{name} reads {sample}')
        return value

    def has(self, value, path, expected):
        """The member at a path, a list of keys."""
        at = value
        for key in path:
            at = at.get(key) if isinstance(at, dict) else None
        what = ' '.join(str(key) for key in path)
        self.result(at == expected, f'{what}: {expected!r}',
                    *([] if at == expected else [f'is {at!r}']))

    def contains(self, value, path, expected):
        for key, inner in expected.items():
            self.has(value, [*path, key], inner)


def check_dmvpn(c):
    v = c.parse('dmvpn-device', 'show_dmvpn', 'ShowDmvpn')
    c.contains(v, ['interfaces', 'Tunnel0'],
               {'type': 'Hub/Spoke', 'nhrp_peers': 4})
    c.has(v, ['interfaces', 'Tunnel0', 'ent', 2, 'peers', '6.6.6.6',
              'tunnel_addr', '192.168.1.6', 'attrb', 'D'],
          {'state': 'UP', 'time': '00:00:33'})
    c.has(v, ['interfaces', 'Tunnel0', 'ent', 1, 'peers', '7.7.7.7',
              'tunnel_addr', '192.168.1.7', 'attrb', 'D', 'state'], 'IKE')
    c.has(v, ['interfaces', 'Tunnel0', 'ent', 2, 'peers', '8.8.8.8:4501',
              'tunnel_addr', '192.168.1.8', 'attrb', 'DNT2', 'state'], 'UP')


NHRP6 = {'type': 'dynamic', 'flags': 'registered unique used nhop',
         'nbma_address': '6.6.6.6'}


def check_nhrp(c):
    for sample, name in (('ip-nhrp', 'ShowIpNhrp'),
                         ('ip-nhrp-detail', 'ShowIpNhrpDetail')):
        v = c.parse(sample, 'show_ip', name)
        c.contains(v, ['192.168.1.6/32', 'via', '192.168.1.6'], NHRP6)
        c.has(v, ['192.168.1.6/32', 'via', '192.168.1.6', 'tunnel'],
              {'tunnel_name': 'Tunnel0', 'created': '00:01:40',
               'expire': '00:08:20'})
        c.contains(v, ['192.168.1.2/32', 'via', '192.168.1.2'],
                   {'type': 'static', 'nbma_address': '2.2.2.2'})
        c.has(v, ['192.168.1.2/32', 'via', '192.168.1.2', 'tunnel', 'expire'],
              'never expire')
        c.has(v, ['192.168.1.8/32', 'via', '192.168.1.8', 'tunnel',
                  'created'], '2d07h')
        c.contains(v, ['172.16.8.0/24', 'via', '192.168.1.8'],
                   {'type': 'dynamic', 'flags': 'router rib nho',
                    'nbma_address': '8.8.8.8'})
        c.contains(v, ['172.16.9.9/32', 'via', '0.0.0.0'],
                   {'type': 'incomplete', 'flags': ''})
    c.has(v, ['192.168.1.6/32', 'via', '192.168.1.6', 'preference'], 0)


def check_nhs(c):
    server = {'nbma_address': '2.2.2.2', 'priority': 1, 'cluster': 2,
              'nhs_state': 'RE'}
    v = c.parse('nhrp-nhs', 'show_ip', 'ShowIpNhrpNhs')
    c.has(v, ['Tunnel0', 'nhs_ip', '192.168.1.2'], server)
    c.has(v, ['Tunnel0', 'nhs_ip', '192.168.1.3', 'nhs_state'], 'WD')
    v = c.parse('nhrp-nhs-detail', 'show_ip', 'ShowIpNhrpNhsDetail')
    c.has(v, ['Tunnel0', 'nhs_ip', '192.168.1.2'],
          {**server, 'req_sent': 7, 'req_failed': 1, 'reply_recv': 6})


PACKETS = {'total': 36, 'resolution_request': 1, 'resolution_reply': 2,
           'registration_request': 3, 'registration_reply': 4,
           'purge_request': 5, 'purge_reply': 6, 'error_indication': 7,
           'traffic_indication': 8, 'redirect_supress': 0}


def check_traffic(c):
    limit = {'max_send_limit': '10000Pkts/10Sec', 'usage': '3%'}
    sent = {**PACKETS, 'redirect_supress': 11}
    v = c.parse('nhrp-traffic', 'show_ip', 'ShowIpNhrpTraffic')
    c.has(v, ['interface', 'Tunnel0'],
          {**limit, 'sent': sent, 'rcvd': PACKETS})
    v = c.parse('nhrp-traffic-detail', 'show_ip', 'ShowIpNhrpTrafficDetail')
    c.has(v, ['statistics', 'Tunnel0'],
          {**limit, 'sent': sent, 'rcvd': PACKETS, 'fwd': PACKETS})
    c.has(v, ['statistics', 'global_statistics', 'rcvd'], PACKETS)


def check_stats(c):
    v = c.parse('nhrp-stats', 'show_ip', 'ShowIpNhrpStats')
    c.contains(v, ['interface', 'Tunnel0', 'tunnel_stats'],
               {'s_endpoint_addition': 9, 's_endpoint_addition_error': 1,
                's_endpoint_deletion': 4})
    c.contains(v, ['interface', 'Tunnel0', 'tunnel_protection_stats'],
               {'r_up': 8, 'r_down': 3})
    c.contains(v, ['interface', 'Tunnel0', 'tunnel_qos_stats'],
               {'s_qos_apply': 6, 's_qos_apply_error': 1, 's_qos_remove': 5})
    c.contains(v, ['interface', 'Tunnel0', 'rib_event_stats'],
               {'s_add_route': 4, 's_add_route_error': 2, 's_add_nho': 3})
    v = c.parse('nhrp-stats', 'show_ip', 'ShowNhrpStats')
    c.has(v, ['interface', 'dmvpn1', 'tunnel_stats', 's_endpoint_addition'],
          0)


def check_summary(c):
    entries = {'static_entries': 1, 'dynamic_entries': 5,
               'incomplete_entries': 1}
    v = c.parse('ip-nhrp-summary', 'show_ip', 'ShowIpNhrpSummary')
    c.has(v, ['ip_nhrp', 'total'], {'entries': 7, 'size': 1100, **entries})
    c.contains(v, ['ip_nhrp', 'remote'],
               {'entries': 7, **entries, 'nhop': 4,
                'route': {'entries': 2, 'rib': 2, 'h_rib': 1, 'nho_rib': 1,
                          'bgp': 0}})


def check_session(c):
    ike = {'local': '1.1.1.1', 'local_port': '500', 'remote': '8.8.8.8',
           'remote_port': '4501', 'sa_status': 'Active', 'version': 'IKEv1',
           'session_id': '3'}
    flow = 'permit 47 host 1.1.1.1 host 8.8.8.8'
    peer = ['interface', 'Tunnel0', 'peer', '8.8.8.8', 'port', '4501']
    v = c.parse('crypto-session-peer', 'show_crypto', 'ShowCryptoSession')
    c.contains(v, ['interface', 'Tunnel0'],
               {'session_status': 'UP-ACTIVE', 'profile': 'DMVPN'})
    c.has(v, [*peer, 'ike_sa', '1'], ike)
    c.has(v, [*peer, 'ipsec_flow', flow],
          {'active_sas': 2, 'origin': 'tunnel protection'})
    v = c.parse('crypto-session-peer-detail', 'show_crypto',
                'ShowCryptoSessionDetail')
    c.has(v, ['interface', 'Tunnel0', 'uptime'], '00:00:33')
    c.has(v, [*peer, 'phase1_id'], '8.8.8.8')
    c.has(v, [*peer, 'ike_sa', '1'],
          {**ike, 'capabilities': 'N', 'conn_id': '1003',
           'lifetime': '25:01:01'})
    c.contains(v, [*peer, 'ipsec_flow', flow],
               {'inbound_pkts_decrypted': 104, 'inbound_pkts_drop': 2,
                'outbound_pkts_encrypted': 105, 'outbound_pkts_drop': 1,
                'inbound_life_kb': 'KB Vol Rekey Disabled',
                'inbound_life_secs': '260'})


def check_isakmp(c):
    v = c.parse('crypto-isakmp-sa', 'show_crypto', 'ShowCryptoIsakmpSa')
    c.has(v, ['isakmp_stats', 'IPv4', 1],
          {'destination': '1.1.1.1', 'source': '6.6.6.6',
           'session_state': 'QM_IDLE', 'conn_id': 1001, 'status': 'ACTIVE'})
    c.has(v, ['isakmp_stats', 'IPv4', 2, 'status'], 'INACTIVE')
    c.has(v, ['isakmp_stats', 'IPv6', 1, 'source'], 'fd09::9')


def check_sa(c):
    v = c.parse('crypto-ipsec-sa-ipv4', 'show_crypto', 'ShowCryptoIpsecSa')
    first = ['interface', 'Tunnel0', 'ident', 1]
    c.contains(v, ['interface', 'Tunnel0'],
               {'crypto_map_tag': 'DMVPN', 'local_addr': '1.1.1.1'})
    c.has(v, [*first, 'remote_ident'],
          {'addr': '6.6.6.6', 'mask': '255.255.255.255', 'port': '0',
           'prot': '47'})
    c.contains(v, first,
               {'peer_ip': '6.6.6.6', 'port': 500, 'pkts_encaps': 105,
                'pkts_decaps': 104, 'send_errors': 1, 'recv_errors': 2,
                'pfs': 'Y', 'dh_group': 'MODP_1536', 'plaintext_mtu': 1410,
                'path_mtu': 1480, 'ip_mtu': 1400, 'ip_mtu_idb': 'Tunnel0',
                'current_outbound_spi': '0xd0000011(3489660945)'})
    c.contains(v, [*first, 'inbound_esp_sas', 'spi',
                   '0xd0000010(3489660944)'],
               {'transform': 'esp-aes esp-sha-hmac', 'conn_id': 1,
                'remaining_key_lifetime': '(260)',
                'in_use_settings': 'Transport, ', 'iv_size': '16 bytes',
                'replay_detection_support': 'Y', 'status': 'ACTIVE(ACTIVE)',
                'kilobyte_volume_rekey': 'disabled'})
    c.has(v, ['interface', 'Tunnel0', 'ident', 3, 'peer_ip'], '8.8.8.8')


def check_interface(c):
    v = c.parse('interface', 'show_interface', 'ShowInterfaces')
    c.contains(v, ['Tunnel0'],
               {'oper_status': 'up', 'line_protocol': 'up', 'mtu': 1400,
                'type': 'Tunnel', 'tunnel_source_ip': '1.1.1.1',
                'tunnel_protocol': 'multi', 'tunnel_protection': 'IPSec',
                'tunnel_profile': 'DMVPN'})
    c.has(v, ['Tunnel0', 'ipv4', '192.168.1.1/24', 'ip'], '192.168.1.1')
    c.contains(v, ['Tunnel0', 'counters'],
               {'in_pkts': 111, 'in_octets': 11100, 'out_pkts': 222,
                'out_octets': 22200})


def check_policy_map(c):
    v = c.parse('policy-map', 'show_policy_map', 'ShowPolicyMap')
    c.has(v, ['policy_map', 'INNER', 'class', 'BIZ', 'set'], 'dscp af21')
    c.has(v, ['policy_map', 'OUTER', 'class', 'BIZ', 'set'],
          'dscp tunnel af31')
    c.contains(v, ['policy_map', 'SPOKE', 'class', 'class-default'],
               {'average_rate_traffic_shaping': True, 'cir_bps': 5000000,
                'service_policy': 'CHILD'})
    c.has(v, ['policy_map', 'CHILD', 'class', 'VOICE', 'priority_percent'],
          10)
    c.has(v, ['policy_map', 'CHILD', 'class', 'BULK', 'police', 'cir_bps'],
          1000000)


def check_policy_interface(c):
    v = c.parse('policy-map-interface-device', 'show_policy_map',
                'ShowPolicyMapInterface')
    classes = ['service_policy', 'output', 'policy_name', 'INNER',
               'class_map']
    c.contains(v, ['Tunnel0', *classes, 'BIZ'],
               {'packets': 9, 'bytes': 900, 'match_evaluation': 'match-any',
                'rate': {'interval': 300, 'offered_rate_bps': 64000,
                         'drop_rate_bps': 0},
                'match': ['access-group name BIZ']})
    c.has(v, ['Tunnel0', *classes, 'BIZ', 'match_stats',
              'access-group name BIZ'], {'packets': 7, 'bytes': 700})
    c.has(v, ['Tunnel0', *classes, 'BIZ', 'qos_set', 'dscp', 'af21'],
          {'packets_marked': 9})
    c.has(v, ['Tunnel0 underlay, of the inner packet', 'service_policy',
              'output', 'policy_name', 'OUTER', 'class_map', 'BIZ',
              'packets'], 9)


def check_multipoint(c):
    v = c.parse('policy-map-multipoint', 'show_policy_map',
                'ShowPolicyMapMultipoint')
    path = ['interfaces', 'Tunnel0', '6.6.6.6', 'service_policy', 'output',
            'policy_name', 'SPOKE', 'class_map']
    # Minutes, where the parser of "interface" has seconds.
    c.contains(v, [*path, 'class-default'],
               {'match_evaluation': 'match-any', 'packets': 10,
                'bytes': 1000,
                'rate': {'interval': 5, 'offered_rate_bps': 5000000,
                         'drop_rate_bps': 1000000}})
    c.has(v, [*path, 'VOICE', 'match'], ['dscp ef'])


CHECKS = (check_dmvpn, check_nhrp, check_nhs, check_traffic, check_stats,
          check_summary, check_session, check_isakmp, check_sa,
          check_interface, check_policy_map, check_policy_interface,
          check_multipoint)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    checkout = os.environ.get('GENIE_PARSERS')
    print('TAP version 13')
    if not checkout:
        print('1..0 # SKIP GENIE_PARSERS is not set: Debian does not have '
              'the library, see Documentation/testing.rst')
        return 0
    prepare(checkout)
    checks = Checks(sys.argv[1])
    for check in CHECKS:
        check(checks)
    print(f'1..{checks.number}')
    return checks.failed > 0


if __name__ == '__main__':
    sys.exit(main())
