"""Gravity Forms: entries by number, and forms whose author chose the names."""

from tests.contract.vendors.sending import told, touch_in

ENTRY = {
    "id": "137",
    "form_id": "1",
    "date_created": "2026-03-02 09:30:00",
    "source_url": "https://acme.com/demo/",
    "user_agent": "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "created_by": "3",
}


def test_options_say_what_the_numbers_are():
    answers = {"1.3": "first_name", "1/5": "company", "2": "email", "2/4": "title"}
    entry = ENTRY | {"1.3": "Ana", "2": "ana@acme.com", "3": "b@c.com", "4": "Hi", "5": "Acme"}

    touch = touch_in("gravityforms", entry, options={"answers": answers})

    assert touch.identifiers == ["email:ana@acme.com"]
    assert touch.lead == {"email": "ana@acme.com", "first_name": "Ana"}
    assert touch.account == {"name": "Acme"}
    assert touch.properties["form"] == {"id": "1", "field_3": "b@c.com", "field_4": "Hi"}
    assert touch.properties["page"]["url"] == "https://acme.com/demo/"


def test_names_the_author_chose_speak_for_themselves():
    entry = {"E-mail": "ana@acme.com", "First Name": "Ana", "Wants": ["Demo", "Call"]}

    touch = touch_in("gravityforms", entry)

    assert touch.lead == {"email": "ana@acme.com", "first_name": "Ana"}
    assert touch.properties["form"] == {"wants": ["Demo", "Call"]}


def test_a_form_is_read_as_json_is():
    pairs = [*ENTRY.items(), ("2", "ana@acme.com")]

    assert touch_in("gravityforms", pairs).source_event_id == "1 137"


def test_the_address_says_which_form_it_is():
    entry = ENTRY | {"2": "ana@acme.com"}

    named = touch_in("gravityforms", entry, query="?event=Demo%20request")
    unnamed = touch_in("gravityforms", entry)

    assert (named.touch, named.name) == ("demo.requested", "Demo request")
    assert named.properties["form"]["title"] == "Demo request"
    assert (unnamed.touch, unnamed.name) == ("form.submitted", "form 1")


def test_the_visitors_browser_tells_machines():
    touch = touch_in("gravityforms", ENTRY | {"2": "ana@acme.com"})

    assert touch.made_by == "machine"


def test_a_user_of_the_web_site_is_not_the_lead():
    [fault] = told("gravityforms", ENTRY | {"4": "Please call"})

    assert fault.code == "no_identity"
