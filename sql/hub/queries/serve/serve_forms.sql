-- The forms.
SELECT api.forms()
