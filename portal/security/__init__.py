"""How a person proves who they are: password, second factor, passkeys, sessions."""
