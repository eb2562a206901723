/**
 * The one script a host site includes:
 *
 *   <script type="module" src="https://desk.example.com/static/widget.js"></script>
 *   <clausedesk-chat lang="zh" contact-email="privacy@example.com"></clausedesk-chat>
 */
import { ChatElement } from './chat/element.js';

if (!customElements.get('clausedesk-chat')) customElements.define('clausedesk-chat', ChatElement);
