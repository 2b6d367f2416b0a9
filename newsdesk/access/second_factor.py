"""The second factor: codes of an authenticator app (TOTP, RFC 6238), and recovery codes that work once each."""

from __future__ import annotations

import re
import secrets
from binascii import unhexlify
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.utils.crypto import salted_hmac
from django_otp import DEVICE_ID_SESSION_KEY, verify_token
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

User = AbstractBaseUser | AnonymousUser

CODES = 10
# Small letters and digits that nobody mistakes for one another.
CODE_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
CODE_LENGTH = 12  # 59 bits
CODE_GROUP = 4
APP_CODE = re.compile("[0-9]{6}")
_SPACES_AND_DASHES = re.compile(r"[\s-]")
# How many time steps of 30 s a phone's clock may be off.
TOLERANCE_STEPS = 1


class WrongCode(Exception):
    """The code is not the one that the app shows now."""


class AlreadyOn(Exception):
    """The account has a second factor already."""


def device_id(user: User) -> int | None:
    """The number of the account's second factor, or None; costs no query where the log-in's backend loaded the user."""
    if not hasattr(user, "second_factor_id"):
        return _devices(user).values_list("pk", flat=True).first() if user.pk else None
    return user.second_factor_id  # type: ignore[no-any-return]


def is_proven(user: User, session: SessionBase) -> bool:
    """Whether the log-in that began this session gave a code of the second factor that the account has now."""
    return bool(session.get(DEVICE_ID_SESSION_KEY) == f"{TOTPDevice.model_label()}/{device_id(user)}")


def prove(user: AbstractBaseUser, code: str) -> TOTPDevice | None:
    """The account's second factor if the code is right, or is one of its recovery codes, which is then used up.

    Each works once. After a wrong one django-otp waits, 1 s and twice as long each time, before another is looked at.
    """
    device = _devices(user).first()
    typed = _plain(code)
    if device is None or not typed:
        return None
    if APP_CODE.fullmatch(typed):
        return verify_token(user, device.persistent_id, typed)
    return device if _use_recovery_code(user, typed) else None


def switch_on(user: AbstractBaseUser, key: str, code: str, *, now: datetime) -> tuple[TOTPDevice, list[str]]:
    """Give the account a second factor with this key (hexadecimal), and ten recovery codes to show once.

    Raises:
        WrongCode: the code is not what the key gives now.
        AlreadyOn: the account has one.
    """
    typed = _plain(code)
    totp = TOTP(unhexlify(key))
    totp.time = now.timestamp()
    if not (APP_CODE.fullmatch(typed) and totp.verify(int(typed), TOLERANCE_STEPS)):
        raise WrongCode
    with transaction.atomic():
        get_user_model()._default_manager.select_for_update().get(pk=user.pk)
        if _devices(user).exists():
            raise AlreadyOn
        device = TOTPDevice.objects.create(
            user=user, name="app", key=key, last_t=totp.t(), drift=totp.drift, tolerance=TOLERANCE_STEPS
        )
        return device, renew_codes(user)


def renew_codes(user: AbstractBaseUser) -> list[str]:
    """Ten new recovery codes, to show once; the earlier ones work no longer, and only hashes are kept."""
    codes = ["".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH)) for _ in range(CODES)]
    with transaction.atomic():
        StaticDevice.objects.filter(user=user).delete()
        device = StaticDevice.objects.create(user=user, name="recovery codes")
        tokens = device.token_set
        tokens.bulk_create(tokens.model(device=device, token=_hash(user, code)) for code in codes)
    return ["-".join(code[n : n + CODE_GROUP] for n in range(0, CODE_LENGTH, CODE_GROUP)) for code in codes]


def codes_left(user: AbstractBaseUser) -> int:
    """How many recovery codes have not been used."""
    return int(StaticDevice.token_set.rel.related_model.objects.filter(device__user=user).count())


def switch_off(user: AbstractBaseUser) -> None:
    """Take the account's second factor and recovery codes away."""
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user).delete()
        StaticDevice.objects.filter(user=user).delete()


def _devices(user: User) -> Any:
    return TOTPDevice.objects.filter(user_id=user.pk, confirmed=True).order_by("pk")


def _plain(code: str) -> str:
    return _SPACES_AND_DASHES.sub("", code).lower()


def _use_recovery_code(user: AbstractBaseUser, typed: str) -> bool:
    hashes = [_hash(user, typed, key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    with transaction.atomic():
        device = StaticDevice.objects.select_for_update().filter(user=user).first()
        if device is None:
            return False
        stored = device.token_set.filter(token__in=hashes).values_list("token", flat=True).first()
        return bool(device.verify_token(stored or ""))


def _hash(user: AbstractBaseUser, code: str, key: str | None = None) -> str:
    """What is kept of a recovery code: 64 bits of a keyed hash, as much as django-otp's column takes."""
    return salted_hmac(f"newsdesk.access.recovery.{user.pk}", code, key, algorithm="sha256").hexdigest()[:16]
