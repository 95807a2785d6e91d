"""Registrable domains of e-mail and web addresses, without those that say nothing about where a person belongs."""

from __future__ import annotations

from urllib.parse import urlsplit

_SECOND_LEVEL = (
    "ac asso co com ed edu gen go gob gouv gov gub gv id k12 lg mil ne net nic nom or org sch school sci web"
)
SECOND_LEVEL = frozenset(_SECOND_LEVEL.split())
"""Labels under which a country's registry registers (unb.ac.xx), so that the registrable name has one label more."""

_SHARED = """
    126.com 163.com abv.bg aim.com aol.com bigpond.com blogger.com blogspot.com bol.com.br canva.site daum.net duck.com email.com
    facebook.com fastmail.com foxmail.com free.fr freemail.hu gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net googlemail.com
    google.com hanmail.net hotmail.be hotmail.com hotmail.co.uk hotmail.de hotmail.es hotmail.fr hotmail.it icloud.com
    inbox.ru instagram.com jimdofree.com laposte.net libero.it linkedin.com list.ru live.be live.co.uk live.com live.fr live.nl
    mac.com mail.com mail.ru me.com medium.com msn.com naver.com netscape.net o2.pl onet.pl onmicrosoft.com orange.fr outlook.com
    outlook.de outlook.es outlook.fr outlook.jp pm.me proton.me protonmail.ch protonmail.com qq.com rambler.ru rediffmail.com
    rocketmail.com seznam.cz sfr.fr sina.cn sina.com sohu.com t-online.de terra.com.br tuta.com tutanota.com twitter.com uol.com.br
    wanadoo.fr web.de weebly.com wix.com wixsite.com wordpress.com wp.pl x.com yahoo.ca yahoo.co.id yahoo.co.in yahoo.co.jp
    yahoo.co.uk yahoo.com yahoo.com.ar yahoo.com.br yahoo.com.cn yahoo.com.mx yahoo.com.ph yahoo.com.vn yahoo.de yahoo.es yahoo.fr
    yahoo.it yandex.com yandex.ru yeah.net ymail.com youtube.com zoho.com
"""
SHARED = frozenset(_SHARED.split())
"""Free mail and shared sites: the same domain there is no tie."""


def registrable_domain(address: str) -> str | None:
    """The registrable domain of an e-mail or web address, in lower-case ASCII form; None if there is none that tells.

    ``x@mail.unb.br`` gives ``unb.br``, ``https://www.lewisham.gov.uk/a`` gives ``lewisham.gov.uk``. One label before the
    country code, two where the label before it is a common second level (ac, co, com, edu, go, gob, gouv, gov, …); a bare
    public suffix, a host without a dot, an IP address and the free-mail list give None. Never raises.
    Source: jury-method.md §3.
    """
    labels = _host(address).split(".")
    if len(labels) < 2 or not all(labels) or labels[-1].isdigit():
        return None
    is_country = len(labels[-1]) == 2
    wanted = 3 if is_country and labels[-2] in SECOND_LEVEL else 2
    if len(labels) < wanted:
        return None
    domain = ".".join(labels[-wanted:])
    return None if domain in SHARED else domain


def _host(address: str) -> str:
    text = address.strip()
    if "://" not in text:
        text = "//" + text
    try:
        host = urlsplit(text).hostname or ""
        return host.rstrip(".").encode("idna").decode("ascii").lower()
    except ValueError:
        # A broken address (or a label that IDNA refuses) tells nothing.
        return ""
