"""The pages behind the links in messages: they open for whoever follows, and only a form acts.

They need no account, no JavaScript and no cookie. ``pages`` are the routes, ``view`` is what a
page shows, ``words`` what it says.
"""
