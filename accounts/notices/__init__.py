"""Notices: what happened that concerns a person, on the page /notices/ and by e-mail.

Whoever knows of it calls `services.notify` in the transaction of what happened. A notice is a row
for each person; its e-mail is a job of its own, so that one bad address holds up nobody else. A
person chooses by kind whether e-mails come, and switches one off by the link in it. What concerns
security always comes.
"""
