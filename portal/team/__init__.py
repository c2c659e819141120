"""The people of an organisation: members, roles, invitations, who acts for it, what they did."""
