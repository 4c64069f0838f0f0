#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""show.py DIR DMVPNCTL [sample]: what dmvpnctl prints, and its completion.

The outputs in DIR: JSON is compared with its schema, OpenMetrics with the rules
of the format, with the list of names in Documentation/metrics.rst and with the
dashboard in Documentation/examples; those of the sample that unit/samples has
written also with the topology in Documentation, and that with its picture. Of
the program DMVPNCTL, completion and help are compared with its commands, and the
lists of log identifiers and of doctor's checks in the manual with the sources'.
"""
import glob
import html
import json
import os
import re
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DOCUMENTATION = os.path.join(TOP, 'Documentation')
SCHEMA = os.path.join(DOCUMENTATION, 'json/dmvpnctl-1.schema.json')


def read(*path):
    with open(os.path.join(*path), encoding='utf-8') as f:
        return f.read()


class Checks:
    number = 0
    failed = 0

    def result(self, ok, what, notes=()):
        self.number += 1
        self.failed += not ok
        print(f'{"ok" if ok else "not ok"} {self.number} - {what}')
        for note in notes:
            print(f'# {note}')

    def none(self, what, faults):
        """That a list of faults is empty."""
        self.result(not faults, what, faults[:20])


# ---- JSON Schema, as much of it as the schema here has ----

TYPES = {'string': str, 'integer': int, 'boolean': bool, 'object': dict,
         'array': list, 'null': type(None)}
KEYWORDS = {'description', 'type', 'enum', 'const', '$ref', 'anyOf', 'items',
            'properties', 'required', 'additionalProperties'}


class Schema:
    def __init__(self, root):
        self.definitions = root['$defs']

    def check(self, schema, value, path, faults):
        unknown = set(schema) - KEYWORDS
        if unknown:
            faults.append(f'the schema has {unknown}, which is not checked')
        if '$ref' in schema:
            name = schema['$ref'].removeprefix('#/$defs/')
            self.check(self.definitions[name], value, path, faults)
        if 'anyOf' in schema:
            self.check_any(schema['anyOf'], value, path, faults)
        if 'type' in schema and not self.has_type(schema['type'], value):
            faults.append(f'{path}: {value!r} is no {schema["type"]}')
            return
        if 'enum' in schema and value not in schema['enum']:
            faults.append(f'{path}: {value!r} is none of {schema["enum"]}')
        if 'const' in schema and value != schema['const']:
            faults.append(f'{path}: {value!r} is not {schema["const"]}')
        if isinstance(value, list) and 'items' in schema:
            for i, member in enumerate(value):
                self.check(schema['items'], member, f'{path}[{i}]', faults)
        if isinstance(value, dict):
            self.check_object(schema, value, path, faults)

    @staticmethod
    def has_type(wanted, value):
        wanted = wanted if isinstance(wanted, list) else [wanted]
        # To Python, true is a number.
        return any(isinstance(value, TYPES[t]) and
                   (t == 'boolean' or not isinstance(value, bool))
                   for t in wanted)

    def check_any(self, schemas, value, path, faults):
        tried = []
        for schema in schemas:
            found = []
            self.check(schema, value, path, found)
            if not found:
                return
            tried += found
        faults += tried

    def check_object(self, schema, value, path, faults):
        properties = schema.get('properties', {})
        rest = schema.get('additionalProperties', True)
        for name in schema.get('required', []):
            if name not in value:
                faults.append(f'{path}: without {name}')
        for name, member in value.items():
            if name in properties:
                self.check(properties[name], member, f'{path}.{name}', faults)
            elif isinstance(rest, dict):
                self.check(rest, member, f'{path}.{name}', faults)
            elif not rest:
                faults.append(f'{path}: {name} is not in the schema')


def command_of(sample):
    """The command whose output a sample is: "show nhrp nhs"."""
    words = re.sub(r'-detail$|-[0-9]+$', '', sample)
    if words in ('policy-list', 'trace', 'doctor', 'import-ios'):
        return words.replace('-', ' ')
    for whole in ('policy-map', 'group-map'):
        words = words.replace(whole, whole.replace('-', '_'))
    return 'show ' + words.replace('-', ' ').replace('_', '-')


def check_json(c, directory):
    schema = Schema(json.loads(read(SCHEMA)))
    seen = set()
    for path in sorted(glob.glob(f'{directory}/*.json')):
        sample = os.path.basename(path).removesuffix('.json')
        command = command_of(sample)
        faults = []
        definition = schema.definitions.get(command)
        if definition is None:
            faults.append(f'the schema has no "{command}"')
        else:
            seen.add(command)
            schema.check(definition, json.loads(read(path)), command, faults)
        c.none(f'JSON: {sample}', faults)
    documents = {name for name, one in schema.definitions.items()
                 if 'version' in one.get('properties', {})}
    c.none('JSON: each document of the schema is seen',
           sorted(documents - seen))
    text = read(DOCUMENTATION, 'json.rst')
    c.none('JSON: json.rst has each document',
           [name for name in sorted(documents) if f'``{name}``' not in text])


# ---- OpenMetrics ----

NAME = r'dmvpn_[a-z0-9_]+'
LABEL = r'[a-z_]+="(?:[^"\\\n]|\\["\\n])*"'
SAMPLE = re.compile(rf'({NAME})(?:\{{({LABEL}(?:,{LABEL})*)\}})? '
                    r'(\d+(?:\.\d+)?)')


class Metrics:
    """One exposition."""

    def __init__(self, text):
        self.types = {}
        self.series = set()
        self.faults = []
        family = None
        if not text.endswith('\n# EOF\n'):
            self.faults.append('does not end with "# EOF"')
        for line in text.splitlines()[:-1]:
            family = self.take(line, family)

    def take(self, line, family):
        if line.startswith('# TYPE '):
            _, _, family, kind = line.split(' ')
            if family in self.types:
                self.faults.append(f'twice: {family}')
            # The node exporter's textfile collector knows no others.
            if kind not in ('counter', 'gauge'):
                self.faults.append(f'type of {family}: {kind}')
            self.types[family] = kind
        elif line.startswith('# HELP '):
            if line.split(' ')[2] != family:
                self.faults.append(f'not where it belongs: {line}')
        else:
            self.take_sample(line, family)
        return family

    def take_sample(self, line, family):
        match = SAMPLE.fullmatch(line)
        if not match:
            self.faults.append(f'no sample: {line}')
            return
        suffix = '_total' if self.types.get(family) == 'counter' else ''
        if match[1] != f'{family}{suffix}':
            self.faults.append(f'in family {family}: {line}')
        series = f'{match[1]}{{{match[2]}}}'
        if series in self.series:
            self.faults.append(f'twice: {series}')
        self.series.add(series)

    def names(self):
        return {name + ('_total' if kind == 'counter' else '')
                for name, kind in self.types.items()}


def check_metrics(c, directory):
    names = set()
    for path in sorted(glob.glob(f'{directory}/*.om')):
        metrics = Metrics(read(path))
        c.none(f'OpenMetrics: {os.path.basename(path)}', metrics.faults)
        c.none('each family once in all', sorted(names & metrics.names()))
        names |= metrics.names()
    c.result(len(names) > 40, f'OpenMetrics: {len(names)} names')
    listed = set(re.findall(rf'^({NAME}) ', read(DOCUMENTATION,
                                                 'metrics.rst'), re.M))
    c.none('metrics.rst has each name, and no other', sorted(names ^ listed))
    dashboard = json.loads(read(DOCUMENTATION,
                                'examples/grafana-dmvpn.json'))
    asked = expressions(dashboard)
    used = {name for text in asked for name in re.findall(NAME, text)}
    c.result(len(asked) > 8, f'the dashboard asks for {len(asked)} things')
    c.none('the dashboard asks for what there is', sorted(used - names))
    c.none('and of counters for rates',
           [text for text in asked for name in re.findall(NAME, text)
            if name.endswith('_total') and 'rate(' not in text])


def expressions(node):
    """All that a dashboard asks for."""
    if isinstance(node, list):
        return [text for member in node for text in expressions(member)]
    if not isinstance(node, dict):
        return []
    found = [node['expr']] if 'expr' in node else []
    if 'query' in node and isinstance(node['query'], str):
        found.append(node['query'])
    return found + [text for member in node.values()
                    for text in expressions(member)]


# ---- topology ----

def of_picture(svg):
    """The words in a picture, and between what it has lines."""
    svg = html.unescape(svg)
    texts = re.findall(r'<text [^>]*>([^<]*)</text>', svg)
    return sorted(texts), sorted(re.findall(r'<title>(.*--.*)</title>', svg))


def of_graph(dot):
    """The same of a graph."""
    labels = re.findall(r'label="([^"]*)"', dot)
    edges = re.findall(r'"([^"]*)" -- "([^"]*)"', dot)
    return (sorted(line for label in labels for line in label.split(r'\n')),
            sorted('--'.join(edge) for edge in edges))


def check_topology(c, directory):
    dot = read(DOCUMENTATION, 'topology.dot')
    c.result(dot == read(directory, 'topology.dot'),
             'Documentation/topology.dot is what dmvpnctl prints')
    # Each version of graphviz draws it in another way.
    c.result(of_picture(read(DOCUMENTATION, 'topology.svg')) == of_graph(dot),
             'topology.svg is the picture of it')


# ---- commands ----

def run(*command, **options):
    return subprocess.run(command, text=True, capture_output=True,
                          check=False, **options)


def commands_of(program):
    """The words of each command, from the program's help."""
    text = run(program, '--help').stdout
    lines = text[text.index('Commands:\n'):].splitlines()[1:]
    found = []
    for line in lines:
        usage = re.split(r' {2,}', line.strip())[0]
        # What stands behind the words is not part of them.
        usage = re.split(r' (?=\[detail\]|\[dev |\[ADDRESS\]|\[NAME\]|NAME|'
                         r'PACKET|\[-)', usage)[0]
        found.append(usage.split(' '))
    return found


def walk(words):
    """The words before each word of a command, and what may come there."""
    before = []
    for word in words:
        yield before, word.strip('[]').split('|')
        if not word.startswith('['):
            before = [*before, word.split('|')[0]]


def offered(program, before):
    return {line.split('\t')[0] for line in
            run(program, 'complete', *before).stdout.splitlines()}


BASH = '''
. "$1"
_init() { COMP_WORDS=(dmvpnctl "$@" ""); COMP_CWORD=$(($# + 1)); }
shift
_init "$@"
_dmvpnctl
printf '%s\\n' "${COMPREPLY[@]}"
'''


def bash_offers(script, program, before):
    path = f'{os.path.dirname(program)}:{os.environ["PATH"]}'
    answer = run('bash', '-c', BASH, 'bash', script, *before,
                 env={**os.environ, 'PATH': path})
    return {line.strip() for line in answer.stdout.splitlines()}


def check_completion(c, program):
    script = os.path.join(TOP, 'userspace/dmvpnctl/completion.bash')
    commands = commands_of(program)
    c.result(len(commands) > 25, f'{len(commands)} commands')
    missing, not_bash = [], []
    for words in commands:
        for before, wanted in walk(words):
            for word in wanted:
                if word not in offered(program, before):
                    missing.append(' '.join([*before, word]))
                if word not in bash_offers(script, program, before):
                    not_bash.append(' '.join([*before, word]))
    c.none('each word of each command is completed', missing)
    c.none('in bash, too', not_bash)
    c.none('nothing follows what is no command',
           sorted(offered(program, ['shwo'])))
    options = {'--json', '--openmetrics', '--dot', '--help'}
    got = bash_offers(script, program, ['-j'])
    c.none('options are completed in bash',
           sorted(options - bash_offers(script, program, [])) +
           ([] if 'show' in got else ['no command behind an option']))


def check_help(c, program):
    faults = []
    for words in commands_of(program):
        plain = [w.split('|')[0] for w in words if not w.startswith('[')]
        answer = run(program, *plain, '--help')
        if answer.returncode or ' '.join(words) not in answer.stdout:
            faults.append(' '.join(plain))
    c.none('--help of each command', faults)


def check_status(c, program):
    for command, status in ((['shwo'], 2), (['show', 'nhrp', '6.6.6'], 2),
                            (['policy', 'delete'], 2), (['--peers', 'x'], 2),
                            (['show', 'nhrp', '--dot'], 2),
                            (['show', 'interface', '--openmetrics'], 2),
                            (['--nonsense'], 2), (['--version'], 0),
                            (['-N', 'no-such-netns', 'show'], 1)):
        answer = run(program, *command)
        c.result(answer.returncode == status and
                 bool(answer.stdout if status == 0 else answer.stderr),
                 f'status {status}: {" ".join(command)}')
    with open('/dev/full', 'w', encoding='utf-8') as full:
        c.result(subprocess.run([program, '--help'], stdout=full, check=False,
                                stderr=subprocess.DEVNULL).returncode == 1,
                 'status 1: output that cannot be written')


# ---- manual pages ----

def manual(name):
    return read(DOCUMENTATION, 'man', name).replace('\\-', '-')


def check_manual(c):
    """What the sources have a list of, the manual has a list of, too."""
    ident = r'%DMVPN-\d-\w+'
    said = set(re.findall(ident, read(TOP, 'userspace/nhrpd/message.c')))
    told = set(re.findall(rf'^\.B ({ident})$', manual('nhrpd.8'), re.M))
    c.none('nhrpd(8) has each identifier of the log, and no other',
           sorted(said ^ told) if said else ['none'])
    checks = re.findall(r'^\t\{ "([\w-]+)", check_\w+, ',
                        read(TOP, 'userspace/dmvpnctl/doctor.c'), re.M)
    section = manual('dmvpnctl.8').split('.SS doctor\n')[1].split('\n.SS ')[0]
    told = re.findall(r'^\.TP\n\.B ([\w-]+)$', section, re.M)
    c.result(len(checks) > 20 and checks == told,
             f'dmvpnctl(8) has the {len(checks)} checks of doctor, as they come')


def main():
    sample = sys.argv[3:] == ['sample']
    if len(sys.argv) != 3 + sample:
        sys.exit(__doc__)
    c = Checks()
    print('TAP version 13')
    check_json(c, sys.argv[1])
    check_metrics(c, sys.argv[1])
    if sample:
        check_topology(c, sys.argv[1])
    check_completion(c, os.path.abspath(sys.argv[2]))
    check_help(c, sys.argv[2])
    check_manual(c)
    check_status(c, sys.argv[2])
    print(f'1..{c.number}')
    return c.failed > 0


if __name__ == '__main__':
    sys.exit(main())
