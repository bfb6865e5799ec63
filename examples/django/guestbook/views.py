import os

from django.http import HttpResponse
from django.shortcuts import redirect, render

from .models import Entry


def index(request):
    if request.method == "POST":
        text = request.POST.get("text", "").strip()[:200]
        if text:
            Entry.objects.create(text=text)
        return redirect("/")
    stage = os.environ.get("GUESTBOOK_STAGE", "development")
    return render(request, "guestbook/index.html", {"stage": stage, "entries": Entry.objects.order_by("-id")[:50]})


def healthz(request):
    return HttpResponse("ok\n", content_type="text/plain")
