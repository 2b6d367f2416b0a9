"""Which addresses are fetched from: the table of tricks, without any network."""

from __future__ import annotations

import pytest

from feeds.web.address import RefusedUrl, is_public, join_url, read_url


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.8",
        "192.0.0.10",
        "192.168.1.1",
        "198.18.0.1",
        "203.0.113.9",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:a9fe:a9fe",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "fc00::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "not an address",
    ],
)
def test_a_private_or_special_address_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.216.34", "::ffff:93.184.216.34", "2606:4700::1111", "2a00:1450::1"]
)
def test_an_ordinary_address_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://0/",
        "http://127.0.0.1.0x1/",
        "http://127.0.0.01/",
        "http://example.com:22/",
        "http://example.com:0/",
    ],
)
def test_disguised_addresses_and_system_ports_are_blocked(url: str) -> None:
    with pytest.raises(RefusedUrl) as refused:
        read_url(url)
    assert refused.value.code == "blocked_address"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://127。0。0。1/", "127.0.0.1"),
        ("http://①②⑦.⓪.⓪.①/", "127.0.0.1"),
        ("http://127.0.0.1./", "127.0.0.1"),
        ("http://ⓛocalhost/", "localhost"),
        ("http://127.0.0.1#@example.com/", "127.0.0.1"),
        ("http://[0:0::1]/", "::1"),
        ("http://EXAMPLE.com:80/", "example.com"),
        ("http://bücher.example/", "xn--bcher-kva.example"),
        ("http://my_blog.example/", "my_blog.example"),
    ],
)
def test_the_host_is_read_as_a_resolver_would(url: str, host: str) -> None:
    assert read_url(url).host == host


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com/feed",
        "file:///etc/passwd",
        "gopher://example.com/",
        "javascript:alert(1)",
        "http:///feed",
        "http://user@example.com/",
        "http://user:secret@example.com/",
        "http://example.com:80@127.0.0.1/",
        "http://example.com\\@127.0.0.1/",
        "http://exa\nmple.com/",
        "http://[::1",
        "http://example.com:70000/",
        "http://[fe80::1%25eth0]/",
        "http://exa$mple.com/",
        "http://a..example/",
        "http://" + "a" * 64 + ".example/",
        "http://example.com/" + "a" * 9000,
    ],
)
def test_what_is_no_plain_web_address_is_a_bad_url(url: str) -> None:
    with pytest.raises(RefusedUrl) as refused:
        read_url(url)
    assert refused.value.code == "bad_url"


def test_the_normal_form_is_ascii_and_has_no_fragment() -> None:
    target = read_url(" HTTPS://Example.com:443/a b/ä?q=ü&r=%20#top ")
    assert target.url == "https://example.com/a%20b/%C3%A4?q=%C3%BC&r=%20"


def test_the_normal_form_keeps_an_unusual_port_and_the_brackets_of_ipv6() -> None:
    assert read_url("http://[2606:4700::1111]:8080/x").url == "http://[2606:4700::1111]:8080/x"


def test_a_reference_is_resolved_against_its_page() -> None:
    assert join_url("https://example.com/a/b", "../c") == "https://example.com/c"
    assert join_url("https://example.com/a/b", "//other.example/c") == "https://other.example/c"
    with pytest.raises(RefusedUrl):
        join_url("https://example.com/", "http://[broken")
