"""The user pool as amplify/auth declares it, and the four people in it."""

from dataclasses import dataclass, field

from local.aws import REGION, Aws, Client

POOL = "skafu-local"
# Good for this machine only, and for the pool's password policy.
PASSWORD = "Skafu-local-1"
GROUPS = ("Admin", "Developer")
PASSWORD_POLICY = {
    "MinimumLength": 8,
    "RequireLowercase": True,
    "RequireUppercase": True,
    "RequireNumbers": True,
    "RequireSymbols": True,
}
FLOWS = ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]


@dataclass(frozen=True)
class Person:
    """An account; its `sub` is the same on every machine, so that samples can name it."""

    email: str
    sub: str
    groups: tuple[str, ...] = ()
    password: str = field(default=PASSWORD, repr=False)


OWNER = Person("owner@skafu.dev", "1c0ffee0-0000-4000-8000-000000000001")
SECOND = Person("second@skafu.dev", "1c0ffee0-0000-4000-8000-000000000002")
DEVELOPER = Person("developer@skafu.dev", "1c0ffee0-0000-4000-8000-000000000003", ("Developer",))
ADMIN = Person("admin@skafu.dev", "1c0ffee0-0000-4000-8000-000000000004", ("Admin",))
PEOPLE = (OWNER, SECOND, DEVELOPER, ADMIN)


def listed() -> list[dict[str, object]]:
    """Return the four as outputs.json shows them."""
    return [
        {"email": person.email, "password": person.password, "groups": list(person.groups)}
        for person in PEOPLE
    ]


@dataclass(frozen=True)
class Pool:
    id: str
    client_id: str

    @property
    def arn(self) -> str:
        return f"arn:aws:cognito-idp:{REGION}:000000000000:userpool/{self.id}"


def ensure_pool(aws: Aws) -> Pool:
    """The pool, its client and its groups; those of an earlier start if they are there."""
    cognito = aws.client("cognito-idp")
    found = [
        pool["Id"]
        for pool in cognito.list_user_pools(MaxResults=60)["UserPools"]
        if pool["Name"] == POOL
    ]
    pool_id = found[0] if found else _create_pool(cognito)
    clients = cognito.list_user_pool_clients(UserPoolId=pool_id, MaxResults=60)["UserPoolClients"]
    return Pool(pool_id, clients[0]["ClientId"] if clients else _create_client(cognito, pool_id))


def _create_pool(cognito: Client) -> str:
    pool = cognito.create_user_pool(
        PoolName=POOL,
        UsernameAttributes=["email"],
        AutoVerifiedAttributes=["email"],
        Policies={"PasswordPolicy": PASSWORD_POLICY},
        Schema=[{"Name": "email", "Required": True, "Mutable": True}],
    )["UserPool"]["Id"]
    for precedence, group in enumerate(GROUPS):
        cognito.create_group(UserPoolId=pool, GroupName=group, Precedence=precedence)
    return str(pool)


def _create_client(cognito: Client, pool_id: str) -> str:
    client = cognito.create_user_pool_client(
        UserPoolId=pool_id,
        ClientName=POOL,
        ExplicitAuthFlows=FLOWS,
        PreventUserExistenceErrors="ENABLED",
    )
    return str(client["UserPoolClient"]["ClientId"])


def seed(aws: Aws, pool: Pool) -> None:
    """Let the four people sign in; those who can already are left as they are."""
    cognito = aws.client("cognito-idp")
    for person in PEOPLE:
        try:
            _add(cognito, pool, person)
        except cognito.exceptions.UsernameExistsException:
            continue


def _add(cognito: Client, pool: Pool, person: Person) -> None:
    user = {"UserPoolId": pool.id, "Username": person.email}
    cognito.admin_create_user(
        **user,
        UserAttributes=[
            {"Name": "email", "Value": person.email},
            {"Name": "email_verified", "Value": "true"},
        ],
        MessageAction="SUPPRESS",
        ClientMetadata={"sub": person.sub},
    )
    cognito.admin_set_user_password(**user, Password=person.password, Permanent=True)
    for group in person.groups:
        cognito.admin_add_user_to_group(**user, GroupName=group)


def sign_in(aws: Aws, client_id: str, email: str, password: str = PASSWORD) -> dict[str, str]:
    """Return the pool's answer: IdToken, AccessToken, RefreshToken."""
    answer = aws.client("cognito-idp").initiate_auth(
        ClientId=client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": email, "PASSWORD": password},
    )
    return dict(answer["AuthenticationResult"])
