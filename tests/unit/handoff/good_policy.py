"""A small policy file without a fault, and what is said of it once something in it is changed."""

from services.handoff.policy_document import compile_policy

GOOD = """\
policy: tiny
lists:
  rivals: [rival.com]
signals:
  guide:
    touch: content.downloaded
    points: 30
    at_most: 2
    half_life: 7d
    within: 30d
  opened: {touch: email.opened, points: 1, weak: true}
fit:
  decides:
    when: {lead.title: {contains: cto}}
    points: 40
exclude:
  rival:
    when: {account.domain: {in_list: rivals}}
gates:
  engaged:
    tier: warm
    when:
      all:
        - {fit: {at_least: 40}}
        - {engagement: {at_least: 50}}
        - {signal: guide, times: 2, within: 30d}
response:
  warm: {accept_in: 4h, first_attempt_in: 1d}
"""


def problems_of(*changes: tuple[str, str]):
    text = GOOD
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return compile_policy(text, "p.yaml").problems
