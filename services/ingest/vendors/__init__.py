"""The vendors whose requests ingest understands: one file each, one line here."""

from services.ingest.vendors.activecampaign import ActiveCampaign
from services.ingest.vendors.brevo import Brevo
from services.ingest.vendors.calcom import CalCom
from services.ingest.vendors.calendly import Calendly
from services.ingest.vendors.cloudevents import CloudEvents
from services.ingest.vendors.customerio import CustomerIo
from services.ingest.vendors.generic import Generic
from services.ingest.vendors.gravityforms import GravityForms
from services.ingest.vendors.hubspot import HubSpot
from services.ingest.vendors.intercom import Intercom
from services.ingest.vendors.jotform import Jotform
from services.ingest.vendors.klaviyo import Klaviyo
from services.ingest.vendors.mailchimp import Mailchimp
from services.ingest.vendors.mailgun import Mailgun
from services.ingest.vendors.marketo import Marketo
from services.ingest.vendors.mautic import Mautic
from services.ingest.vendors.port import Vendor
from services.ingest.vendors.postmark import Postmark
from services.ingest.vendors.relevo import Relevo
from services.ingest.vendors.rudderstack import RudderStack
from services.ingest.vendors.segment import Segment
from services.ingest.vendors.sendgrid import SendGrid
from services.ingest.vendors.standard_webhooks import StandardWebhooks
from services.ingest.vendors.tally import Tally
from services.ingest.vendors.typeform import Typeform

VENDORS: dict[str, Vendor] = {
    vendor.name: vendor
    for vendor in (
        Relevo(),
        Generic(),
        Segment(),
        RudderStack(),
        CloudEvents(),
        StandardWebhooks(),
        HubSpot(),
        Mailchimp(),
        ActiveCampaign(),
        Mautic(),
        CustomerIo(),
        Brevo(),
        SendGrid(),
        Mailgun(),
        Typeform(),
        Tally(),
        Jotform(),
        GravityForms(),
        Calendly(),
        CalCom(),
        Postmark(),
        Klaviyo(),
        Marketo(),
        Intercom(),
    )
}
