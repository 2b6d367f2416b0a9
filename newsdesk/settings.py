"""Settings, read from the environment and `.env`; each one is documented in `docs/settings.md`."""

from __future__ import annotations

import os
import re
import stat
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import dj_database_url
import dj_email_url
import django_stubs_ext
from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured
from environs import EnvError, EnvValidationError, validate
from kombu import Exchange, Queue

from newsdesk.environment import Environment
from newsdesk.sample.home import settings_of_sample
from newsdesk.secret_key import kept_secret_key

# Lets the pages of the admin say at runtime what they are of, as type checkers want it: `ModelAdmin[Feed]`.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent

env = Environment.read(os.environ.get("NEWSDESK_ENV_FILE") or BASE_DIR / ".env")

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SHA256 = validate.Regexp(r"([0-9A-Fa-f]{64})?\Z", error="Must be 64 hexadecimal digits.")
# Whose mails no server takes: localhost, by whichever of its names.
LOCAL_SENDER = re.compile(r"@(([^@]*\.)?localhost(\.localdomain)?|\[?127\.[0-9.]+\]?|\[(IPv6:)?::1\])\Z", re.I)
OPERATOR_ADDRESS = validate.Regexp(r"([!-?A-~]+@[!-?A-~]+)?\Z", error="Must be one mail address, without a name.")
# Services that django-anymail sends through, by its own names.
ESPS = tuple(
    "amazon_ses brevo mailersend mailgun mailjet mailtrap mandrill postmark resend scaleway sendgrid sparkpost".split()
)


def _keep_private(*paths: Path) -> None:
    """Take from everybody else what they may do with files and folders of ours."""
    for path in paths:
        try:
            status = path.lstat()
            if status.st_uid == os.geteuid() and not stat.S_ISLNK(status.st_mode) and not status.st_mode & stat.S_ISVTX:
                path.chmod(stat.S_IMODE(status.st_mode) & ~0o077)
        except OSError:  # not there, or a read-only file system
            continue


def _kept_in(data_dir: Path) -> list[Path]:
    """The data directory and what we keep in it; not the static files, which a proxy may read."""
    kept = ("*.sqlite3*", "*.json*", "*.lock", "secret_key", "mail", "published", "broker", "sample", "logs", "logs/*")
    return [data_dir, *(path for name in kept for path in data_dir.glob(name))]


def _mail_host(site_url: str) -> str:
    """The host of a site, as it may stand in a mail address."""
    try:
        return (urlsplit(site_url).hostname or "").encode("idna").decode()
    except ValueError:  # also UnicodeError: `check` says what is wrong with it
        return "localhost"


def _time_zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ImproperlyConfigured(f"DIGEST_TIME_ZONE: {name!r} is not an IANA time zone.") from error


def _url(name: str, default: str, *schemes: str) -> str:
    """A URL of one of the schemes, or the default where the variable is unset or empty; never shown in an error."""
    value = env.str(name, "") or default
    scheme, _, rest = value.partition("://")
    if value and not (scheme in schemes and (rest or scheme in ("file", "console"))):
        raise ImproperlyConfigured(f"{name}: not a URL that starts with {' or '.join(f'{s}://' for s in schemes)}.")
    return value


_QUOTED_NAME = re.compile(r'"([A-Z0-9_]+)"')


def _sentence(error: EnvError) -> str:
    """One sentence that names the setting, from an error of environs."""
    name = _QUOTED_NAME.search(str(error))
    reasons = error.error_messages if isinstance(error, EnvValidationError) else [str(error)]
    reason = " ".join(reasons) if isinstance(reasons, list) else str(reasons)
    return f"{name[1]}: {reason[:1].lower()}{reason[1:]}" if name else str(error)


try:
    PRODUCTION = env.bool("NEWSDESK_PRODUCTION", False)
    DATA_DIR = Path(env.str("NEWSDESK_DATA_DIR", "") or BASE_DIR / "var").absolute()
    # Data, logs and mails are nobody else's: neither what is made from now on nor what an earlier version left open.
    os.umask(0o077)
    _keep_private(*_kept_in(DATA_DIR))
    # A command is told by the data directory itself that it is the sample's; `./run` says so to what it starts.
    if not env.str("NEWSDESK_SAMPLE", ""):
        os.environ.update(settings_of_sample(DATA_DIR))
    SAMPLE = env.bool("NEWSDESK_SAMPLE", False)
    IS_KEY_GENERATED = not (PRODUCTION or env.str("SECRET_KEY", ""))
    SECRET_KEY = env.str("SECRET_KEY", "") or (
        "" if PRODUCTION else kept_secret_key(DATA_DIR, has_own_database=not env.str("DATABASE_URL", ""))
    )
    SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
    DEBUG = env.bool("DEBUG", False)
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", [] if PRODUCTION else ["127.0.0.1", "localhost", "[::1]"])
    SITE_URL = _url("SITE_URL", "http://127.0.0.1:8000", "http", "https").rstrip("/")
    DATABASE_URL = _url("DATABASE_URL", "", "sqlite", "postgres", "postgresql")
    REDIS_URL = _url("REDIS_URL", "", "redis", "rediss", "unix")
    CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", "") or REDIS_URL.replace("unix://", "redis+socket://")
    UNTRUSTED_WORK_S = env.float("UNTRUSTED_WORK_S", 10.0, validate=validate.Range(0.1, 120))
    UNTRUSTED_WORK_MB = env.int("UNTRUSTED_WORK_MB", 400, validate=validate.Range(50, 4000))
    SWEEP_INTERVAL_S = env.int("SWEEP_INTERVAL_S", 60, validate=validate.Range(1, 3600))
    DIGEST_TIME_ZONE = _time_zone(env.str("DIGEST_TIME_ZONE", "UTC"))
    DIGEST_HOUR = env.int("DIGEST_HOUR", 7, validate=validate.Range(0, 23))
    DIGEST_REVIEW_MINUTES = env.int("DIGEST_REVIEW_MINUTES", 60, validate=validate.Range(0, 720))
    WEEKLY_DAY = env.str("WEEKLY_DAY", "monday", validate=validate.OneOf(WEEKDAYS))
    OPENAI_API_KEY = env.str("OPENAI_API_KEY", "")
    OPENAI_BASE_URL = _url("OPENAI_BASE_URL", "", "http", "https")
    OPENAI_MODEL = env.str("OPENAI_MODEL", "gpt-5-mini")
    LLM_DAILY_BUDGET_USD = env.decimal("LLM_DAILY_BUDGET_USD", Decimal("1.00"), validate=validate.Range(0))
    LLM_INPUT_USD_PER_MILLION = env.decimal("LLM_INPUT_USD_PER_MILLION", Decimal("0.25"), validate=validate.Range(0))
    LLM_OUTPUT_USD_PER_MILLION = env.decimal("LLM_OUTPUT_USD_PER_MILLION", Decimal("2.00"), validate=validate.Range(0))
    EMBEDDING_MODEL_PATH = env.str("EMBEDDING_MODEL_PATH", "")
    EMBEDDING_MODEL_SHA256 = env.str("EMBEDDING_MODEL_SHA256", "", validate=SHA256).lower()
    EMBEDDING_MODEL = env.str("EMBEDDING_MODEL", "")
    EMBEDDING_BASE_URL = _url("EMBEDDING_BASE_URL", "", "http", "https")
    EMBEDDING_API_KEY = env.str("EMBEDDING_API_KEY", "")
    EMBEDDING_USD_PER_MILLION = env.decimal("EMBEDDING_USD_PER_MILLION", Decimal("0.02"), validate=validate.Range(0))
    LLM_SECONDS_PER_DIGEST = env.int("LLM_SECONDS_PER_DIGEST", 300, validate=validate.Range(1, 600))
    LLM_VERDICTS_PER_RUN = env.int("LLM_VERDICTS_PER_RUN", 10, validate=validate.Range(0, 100))
    FETCH_ALLOWED_ADDRESSES: frozenset[str] = frozenset(env.list("FETCH_ALLOWED_ADDRESSES", []))
    LOG_LEVEL = env.str("LOG_LEVEL", "INFO", validate=validate.OneOf(["DEBUG", "INFO", "WARNING", "ERROR"]))
    LOG_FORMAT = env.str("LOG_FORMAT", "text", validate=validate.OneOf(["text", "json"]))
    LOG_FILE = env.str("LOG_FILE", "")
    METRICS_TOKEN = env.str("METRICS_TOKEN", "")
    OPERATOR_EMAIL = env.str("OPERATOR_EMAIL", "", validate=OPERATOR_ADDRESS)
    OPERATOR_WEBHOOK_URL = _url("OPERATOR_WEBHOOK_URL", "", "http", "https")
    EMAIL = dj_email_url.parse(_url("EMAIL_URL", "file://", "file", "console", "smtp", "smtps", "submission"))
    DEFAULT_FROM_EMAIL = env.str(
        "DEFAULT_FROM_EMAIL", f"Newsdesk <newsdesk@{_mail_host(SITE_URL) if PRODUCTION else 'localhost'}>"
    )
    EMAIL_ESP = env.str("EMAIL_ESP", "", validate=validate.OneOf(["", *ESPS]))
    EMAIL_ESP_SETTINGS: dict[str, str] = env.dict("EMAIL_ESP_SETTINGS", {})
    MAIL_DIGESTS = env.bool("MAIL_DIGESTS", True)
    MAIL_RATE_PER_MINUTE = env.int("MAIL_RATE_PER_MINUTE", 0, validate=validate.Range(0, 100_000))
    MAIL_LOGBOOK = DATA_DIR / (env.str("MAIL_LOGBOOK", "") or "logbook/mail.txt")
    POSTAL_ADDRESS = env.str("POSTAL_ADDRESS", "")
    ENTITIES_FILE = BASE_DIR / env.str("ENTITIES_FILE") if env.str("ENTITIES_FILE", "") else None
    PROXY_COUNT = env.int("PROXY_COUNT", 0, validate=validate.Range(0, 10))
    HSTS_SECONDS = env.int("HSTS_SECONDS", 31_536_000, validate=validate.Range(0, 63_072_000))
    HSTS_SUBDOMAINS = env.bool("HSTS_SUBDOMAINS", False)
    HSTS_PRELOAD = env.bool("HSTS_PRELOAD", False)
    LETTERS_PER_HOUR = env.int("LETTERS_PER_HOUR", 500, validate=validate.Range(1, 100_000))
    SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", False)
except EnvError as error:
    raise ImproperlyConfigured(_sentence(error)) from error

try:
    DATABASE: dict[str, Any] = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(DATA_DIR / "newsdesk.sqlite3")}
    if DATABASE_URL:
        DATABASE = {**dj_database_url.parse(DATABASE_URL)}
except ValueError as error:
    raise ImproperlyConfigured("DATABASE_URL: not a URL like postgres://user:password@host/name.") from error
# Django's engines, with an end to every wait of a request for them.
TIMELY = {f"django.db.backends.{name}": f"newsdesk.databases.{name}" for name in ("sqlite3", "postgresql")}
DATABASE["ENGINE"] = TIMELY.get(DATABASE["ENGINE"], DATABASE["ENGINE"])
if PRODUCTION and not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY: must be set when NEWSDESK_PRODUCTION is on.")
if PRODUCTION and not ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS: must name your host when NEWSDESK_PRODUCTION is on.")
if PRODUCTION and any(host.strip() == "*" for host in ALLOWED_HOSTS):
    raise ImproperlyConfigured("ALLOWED_HOSTS: must name your hosts, not '*', when NEWSDESK_PRODUCTION is on.")
if PRODUCTION and DEBUG:
    raise ImproperlyConfigured("DEBUG: must be off when NEWSDESK_PRODUCTION is on; its pages show code and settings.")
if PRODUCTION and env.str("DEFAULT_FROM_EMAIL", "") and LOCAL_SENDER.search(DEFAULT_FROM_EMAIL.rstrip("> ")):
    raise ImproperlyConfigured("DEFAULT_FROM_EMAIL: must not be this machine's when NEWSDESK_PRODUCTION is on.")

EDITION = "sample" if SAMPLE else "daily"
# Backlog of a feed's first poll that is older than this is no news; the sample shows its three days at once.
BACKLOG_NEWS_HOURS = 120 if SAMPLE else 48

INSTALLED_APPS = [
    "newsdesk.apps.DeskAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "newsdesk",
    "feeds",
    "newsdesk.journal",
    "newsdesk.access",
    "newsdesk.llm",
    "newsdesk.stories",
    "newsdesk.digests",
    "newsdesk.site",
    "newsdesk.newsletter",
    "newsdesk.health",
    *(["anymail"] if EMAIL_ESP else []),
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "newsdesk.site.middleware.ReaderHeaders",
    "newsdesk.site.keeping.middleware.KeptPages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "newsdesk.urls"
WSGI_APPLICATION = "newsdesk.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

if DATABASE["ENGINE"] == "newsdesk.databases.sqlite3":
    # One writer at a time, taken at BEGIN, so that a transaction never fails half-way for want of the lock.
    DATABASE["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=134217728;",
    }
    # Tests use a file as well: in memory, connections share one cache and its table locks.
    DATABASE["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
    _keep_private(*(Path(f"{DATABASE['NAME']}{suffix}") for suffix in ("", "-wal", "-shm")))
elif DATABASE["ENGINE"] == "newsdesk.databases.postgresql":
    # A network that swallows everything is noticed within a minute, by workers and commands as well.
    noticed = {"keepalives_idle": 30, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 30_000}
    DATABASE["OPTIONS"] = {"connect_timeout": 10, **noticed, **DATABASE.get("OPTIONS", {})}
DATABASES = {"default": DATABASE}

if REDIS_URL:
    CACHES: dict[str, dict[str, Any]] = {
        "default": {
            "BACKEND": "newsdesk.caching.OpenRedisCache",
            "LOCATION": REDIS_URL,
            "OPTIONS": {"serializer": "newsdesk.json_serializer.JsonSerializer"},
        }
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

LOGIN_REDIRECT_URL = "admin:index"  # where a log-in leads whose `next` is refused
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "newsdesk.access.backend.TwoStepBackend"]
AXES_HANDLER = "newsdesk.access.throttle.LoginThrottle"
AXES_FAILURE_LIMIT = 1  # of the handler's three limits
AXES_COOLOFF_TIME = "newsdesk.access.throttle.cool_off"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]
AXES_LOCKOUT_CALLABLE = "newsdesk.access.throttle.locked_page"
AXES_CLIENT_IP_CALLABLE = "newsdesk.access.throttle.throttled_address"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "otp_token", "csrfmiddlewaretoken"]
AXES_ENABLE_ADMIN = False  # newsdesk/access/admin.py shows them
AXES_VERBOSE = False
OTP_TOTP_ISSUER = "Newsdesk"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
EMAIL_BACKEND = EMAIL["EMAIL_BACKEND"]
EMAIL_HOST = EMAIL["EMAIL_HOST"]
EMAIL_PORT = EMAIL["EMAIL_PORT"]
EMAIL_HOST_USER = EMAIL["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = EMAIL["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = EMAIL["EMAIL_USE_TLS"]
EMAIL_USE_SSL = EMAIL["EMAIL_USE_SSL"]
EMAIL_FILE_PATH = f"/{EMAIL['EMAIL_FILE_PATH']}" if EMAIL["EMAIL_FILE_PATH"] else str(DATA_DIR / "mail")
EMAIL_TIMEOUT = 20
ANYMAIL = EMAIL_ESP_SETTINGS
FEEDS_JOURNAL = "newsdesk.journal.note.note_change"  # feeds itself knows no other app

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True
FORMAT_MODULE_PATH = "newsdesk.formats"
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.str("STATIC_ROOT", "") or DATA_DIR / "static").absolute()
WHITENOISE_USE_FINDERS = True
if PRODUCTION:
    WHITENOISE_USE_FINDERS = False
    STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {
            "BACKEND": "newsdesk.static_files.PublicStaticFiles",
            "OPTIONS": {"directory_permissions_mode": 0o755},
        },
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
if PRODUCTION:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = HSTS_SECONDS
    SECURE_HSTS_INCLUDE_SUBDOMAINS = HSTS_SUBDOMAINS
    SECURE_HSTS_PRELOAD = HSTS_PRELOAD
    # Whether other hosts of the domain are to be HTTPS only is not for one site to say: off unless it is asked for.
    SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
    SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]  # asked from inside, past the proxy
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
        "json": {"()": "newsdesk.logs.JsonFormatter"},
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT},
        # Opened when first written to, and anew when logrotate has moved it away.
        "file": {
            "class": "logging.handlers.WatchedFileHandler",
            "formatter": LOG_FORMAT,
            "filename": LOG_FILE or os.devnull,
            "delay": True,
            "encoding": "utf-8",
        },
    },
    "root": {"handlers": ["file" if LOG_FILE else "stderr"], "level": LOG_LEVEL},
    # The HTTP client below openai would log a line for every request, axes several for every log-in.
    "loggers": {"httpx2": {"level": "WARNING"}, "axes": {"level": "WARNING"}},
}

CELERY_BROKER_URL = CELERY_BROKER_URL or "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {}
if CELERY_BROKER_URL.startswith("filesystem://"):
    CELERY_BROKER_TRANSPORT = "newsdesk.file_broker:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(DATA_DIR / "broker"),
        "data_folder_out": str(DATA_DIR / "broker"),
        "control_folder": str(DATA_DIR / "broker" / "control"),
    }
elif CELERY_BROKER_URL.startswith(("redis", "unix")):
    # A Redis that takes connections and says nothing: whoever wakes a stage goes on, the next sweep wakes it.
    CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 2.0, "socket_connect_timeout": 2.0, "socket_keepalive": True}
CELERY_BROKER_CONNECTION_TIMEOUT = 2.0
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = False  # rows are the truth and a sweep finds lost work; a late ack would only repeat it
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
# What asks publishers waits for them; nothing else may wait behind it. A worker without -Q takes from both.
CELERY_TASK_DEFAULT_QUEUE = "desk"
CELERY_TASK_QUEUES = [Queue(name, Exchange(name), routing_key=name) for name in ("desk", "fetch")]
CELERY_TASK_ROUTES = {"feeds.tasks.poll": {"queue": "fetch"}, "feeds.tasks.extract": {"queue": "fetch"}}
CELERY_TASK_TIME_LIMIT = 900
CELERY_TASK_SOFT_TIME_LIMIT = 840
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    "sweep": {
        "task": "newsdesk.celery.sweep",
        "schedule": SWEEP_INTERVAL_S,
        "options": {"expires": SWEEP_INTERVAL_S},
    },
    "watch": {"task": "newsdesk.health.tasks.watch", "schedule": 60, "options": {"expires": 60}},
    "forget": {"task": "newsdesk.access.tasks.forget", "schedule": crontab(minute="7")},
    "audit extraction": {"task": "feeds.tasks.audit", "schedule": crontab(hour="3", minute="23")},
    "audit stories": {"task": "newsdesk.stories.tasks.audit", "schedule": crontab(hour="3", minute="31")},
    "forget subscriptions": {"task": "newsdesk.newsletter.tasks.forget", "schedule": crontab(minute="11")},
    "settle lost calls": {"task": "newsdesk.llm.tasks.settle_lost", "schedule": crontab(minute="13")},
}
CELERY_BEAT_SCHEDULER = "celery.beat.Scheduler"  # keeps no file: the sweep needs no memory of the last one
CELERY_TIMEZONE = "UTC"
