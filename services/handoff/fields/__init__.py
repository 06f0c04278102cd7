"""What can be said about people, teams, calendars and territories: checked, in the form we store.

The API's requests and answers, the console's forms and files of people all go through these
models, so each of them is refused for the same reasons.
"""
