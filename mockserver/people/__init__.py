"""Who asks and who there is: login, access tokens, users, organizations, memberships, invitations."""
