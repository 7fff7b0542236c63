-- Whoever fetched a receipt from the service was sent it by nobody. Words of the partnership's own stay.
UPDATE hub.partnership
SET value = 'Please send us your answers to the questions, with the number of the submission and of the rule: reply to whoever sent you this receipt, or write to your contact at the partnership.'
WHERE name = 'answers' AND value = 'Please answer the questions by a reply to whoever sent you this receipt, with the number of the submission and of the rule.';
